import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../aws-error.ts';
import type { DecodedBody } from './chunked-body.ts';
import { notImplemented } from './s3-operation.ts';

/** A verified checksum of an object that the client sent with it. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; for a multipart object followed by `-<parts>`. */
  readonly value: string;
}

export type ChecksumAlgorithm = 'crc32' | 'crc32c' | 'sha1' | 'sha256';

const hashes: Readonly<Record<ChecksumAlgorithm, (bytes: Buffer) => Buffer>> = {
  crc32: (bytes) => bigEndian(crc32(bytes)),
  crc32c: (bytes) => bigEndian(crc32c(bytes)),
  sha1: (bytes) => createHash('sha1').update(bytes).digest(),
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
};

/**
 * Verifies the digests of the body that the client sent in headers or trailers. Returns the additional
 * checksum if one was sent. Throws `AwsError` `BadDigest` if the body does not match.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export function verifyBody(
  body: DecodedBody,
  headers: Readonly<Record<string, string>>,
): Checksum | undefined {
  const md5 = headers['content-md5'];
  if (md5 !== undefined && md5 !== createHash('md5').update(body.bytes).digest('base64'))
    throw badDigest('Content-MD5');
  const sent = { ...headers, ...body.trailers };
  if (sent['x-amz-checksum-crc64nvme'] !== undefined) throw notImplemented('the checksum CRC64NVME');
  for (const algorithm of algorithms()) {
    const value = sent[`x-amz-checksum-${algorithm}`];
    if (value === undefined) continue;
    if (hashes[algorithm](body.bytes).toString('base64') !== value) throw badDigest(algorithm.toUpperCase());
    return { algorithm, value };
  }
  return undefined;
}

/** Computes the checksum of a multipart object: the checksum of the concatenated checksums of its parts. */
export function compositeChecksum(parts: readonly (Checksum | undefined)[]): Checksum | undefined {
  const algorithm = parts[0]?.algorithm;
  if (algorithm === undefined || parts.some((part) => part?.algorithm !== algorithm)) return undefined;
  const joined = Buffer.concat(parts.map((part) => Buffer.from(part?.value ?? '', 'base64')));
  return { algorithm, value: `${hashes[algorithm](joined).toString('base64')}-${parts.length}` };
}

/** Returns the response headers for a checksum. */
export function checksumHeaders(checksum: Checksum | undefined): Readonly<Record<string, string>> {
  if (checksum === undefined) return {};
  const type = checksum.value.includes('-') ? 'COMPOSITE' : 'FULL_OBJECT';
  return { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value, 'x-amz-checksum-type': type };
}

function algorithms(): readonly ChecksumAlgorithm[] {
  return ['crc32', 'crc32c', 'sha1', 'sha256'];
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** CRC-32C (Castagnoli), polynomial 0x1EDC6F41 reflected: https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4 */
const crc32cTable = Uint32Array.from({ length: 256 }, (_, start) => {
  let value = start;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ (crc32cTable[(value ^ byte) & 0xff] ?? 0);
  return ~value >>> 0;
}

function badDigest(name: string): AwsError {
  return new AwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`);
}
