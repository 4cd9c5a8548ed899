/**
 * Returns whether a number is a decimal multiple of another, so that 0.3 is a multiple of 0.1; false for a
 * divisor of 0.
 */
export function isMultipleOf(value: number, divisor: number): boolean {
  const left = toDecimal(value);
  const right = toDecimal(divisor);
  if (right.digits === 0n) return false;
  const exponent = Math.min(left.exponent, right.exponent);
  return scaleTo(left, exponent) % scaleTo(right, exponent) === 0n;
}

interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

function scaleTo({ digits, exponent }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(exponent - to);
}

/** Converts the shortest text that represents the number, which has at most about 25 characters. */
function toDecimal(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = Math.abs(value).toString().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(`${whole}${fraction}`), exponent: Number(exponent) - fraction.length };
}
