import { type Checksum, type ChecksumAlgorithm, startChecksum } from './checksum.ts';

/** The checksum of a part of an object, and the length of the part. */
export interface PartChecksum {
  /** Base64. */
  readonly value: string;
  readonly sizeBytes: number;
}

interface Polynomial {
  /** Bits of a checksum. */
  readonly width: bigint;
  /** The polynomial without its highest term, lowest term first (reflected). */
  readonly terms: bigint;
}

/**
 * Polynomials of the algorithms whose values can be combined.
 * https://reveng.sourceforge.io/crc-catalogue/all.htm (CRC-32/ISO-HDLC, CRC-32/ISCSI, CRC-64/NVME)
 */
const polynomials: Readonly<Partial<Record<ChecksumAlgorithm, Polynomial>>> = {
  crc32: { width: 32n, terms: 0xedb88320n },
  crc32c: { width: 32n, terms: 0x82f63b78n },
  crc64nvme: { width: 64n, terms: 0x9a6c9329ac4bc9b5n },
};

/**
 * Computes the checksum of an object from those of its parts, without the bytes: a part is moved to its place by a
 * multiplication with x^(8 * bytes behind it), modulo the polynomial. Throws for an algorithm that is not a CRC.
 * https://github.com/madler/zlib/blob/v1.3.1/crc32.c (the same for 32 bits)
 */
export function fullObjectChecksum(algorithm: ChecksumAlgorithm, parts: readonly PartChecksum[]): Checksum {
  const polynomial = polynomials[algorithm];
  if (polynomial === undefined) throw new Error(`${algorithm} has no checksum of a full multipart object`);
  const shifts = new Map<number, bigint>();
  let combined = 0n;
  for (const { value, sizeBytes } of parts) {
    const shift = shifts.get(sizeBytes) ?? powerOfX(BigInt(sizeBytes) * 8n, polynomial);
    // Nearly all parts of an object have the same length.
    shifts.set(sizeBytes, shift);
    combined =
      multiply(combined, shift, polynomial) ^ BigInt(`0x${Buffer.from(value, 'base64').toString('hex')}`);
  }
  const hex = combined.toString(16).padStart(Number(polynomial.width) / 4, '0');
  return { algorithm, type: 'FULL_OBJECT', value: Buffer.from(hex, 'hex').toString('base64') };
}

/** Computes the checksum of the concatenated checksums of the parts. */
export async function compositeChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly PartChecksum[],
): Promise<Checksum> {
  const joined = startChecksum(algorithm);
  for (const { value } of parts) joined.update(Buffer.from(value, 'base64'));
  const value = Buffer.from(await joined.digest()).toString('base64');
  return { algorithm, type: 'COMPOSITE', value: `${value}-${parts.length}` };
}

function multiply(a: bigint, b: bigint, { width, terms }: Polynomial): bigint {
  let product = 0n;
  let shifted = b;
  for (let bit = 1n << (width - 1n); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ terms : shifted >> 1n;
  }
  return product;
}

function powerOfX(exponent: bigint, polynomial: Polynomial): bigint {
  // In the reflected form, the highest bit is x^0 and the next one is x^1.
  let power = 1n << (polynomial.width - 1n);
  let square = power >> 1n;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) power = multiply(power, square, polynomial);
    square = multiply(square, square, polynomial);
  }
  return power;
}
