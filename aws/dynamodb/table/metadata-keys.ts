import { digest } from '../../../core/std/digest.ts';

const signBit = 1n << 63n;
const allBits = (1n << 64n) - 1n;

/**
 * Returns 16 hexadecimal digits that sort like the numbers, for every finite number. The bits of a double
 * (IEEE 754) sort like the numbers once the sign is inverted and, if the number is negative, all other bits.
 */
export function sortableNumber(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  // -0 equals 0.
  view.setFloat64(0, value === 0 ? 0 : value);
  const bits = view.getBigUint64(0);
  const sorted = (bits & signBit) === 0n ? bits | signBit : bits ^ allBits;
  return sorted.toString(16).padStart(16, '0');
}

/** Returns the prefix of the sort keys of all jobs with a number in a member of the metadata. */
export function metadataNumbersPrefix(name: string): string {
  return `M#${name}#n`;
}

/** Returns the prefix of the sort keys of all jobs with a value of a member of the metadata. */
export function metadataPrefix(name: string, value: string | number): string {
  return typeof value === 'number'
    ? `${metadataNumbersPrefix(name)}${sortableNumber(value)}#`
    : `M#${name}#s${digest(value)}#`;
}
