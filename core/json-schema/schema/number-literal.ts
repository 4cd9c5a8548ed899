/** Longer literals are truncated in error details. */
const maxShownCharacters = 40;

/**
 * Returns the error of a number literal in valid JSON, or undefined if it is acceptable. An integer literal
 * (digits only) is rejected if its double would be serialized with another value, any other literal only if
 * it is beyond the range of a double. So every accepted integer keeps its value: 2^60 is a double, but
 * JavaScript writes it as 1152921504606847000.
 */
export function numberViolation(literal: string): string | undefined {
  const number = Number(literal);
  if (!Number.isFinite(number))
    return `must be a number within the range of a double, not ${truncate(literal)}; send it as a string`;
  if (Number.isSafeInteger(number) || /[.e]/i.test(literal)) return undefined;
  if (significant(literal) === significant(number.toExponential().replace('.', ''))) return undefined;
  return `must be an integer that a double represents exactly, such as any within ±(2^53 - 1), not ${truncate(literal)}; send it as a string`;
}

/**
 * Returns the digits without trailing zeros, sign and exponent. Numbers with the same double have the same
 * magnitude.
 */
function significant(number: string): string {
  return number.replace(/^-|0*(?:e.*)?$/g, '');
}

function truncate(literal: string): string {
  return literal.length <= maxShownCharacters ? literal : `${literal.slice(0, maxShownCharacters)}...`;
}
