import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import { AwsError } from '../../aws-error.ts';

/** Length of each algorithm's value in bytes. */
export const valueBytes = { crc32: 4, crc32c: 4, crc64nvme: 8, sha1: 20, sha256: 32 } as const;

/** A checksum algorithm as header names spell it: `x-amz-checksum-<algorithm>`. */
export type ChecksumAlgorithm = keyof typeof valueBytes;

/** Whether a value covers the bytes of the object or the checksums of its parts. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** The checksum of an object or a part. An object has one. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** Base64; if composite, followed by `-<parts>`. */
  readonly value: string;
}

/** Values in base64 of the same bytes, by algorithm. */
export type Checksums = ReadonlyMap<ChecksumAlgorithm, string>;

/** A checksum that is computed while bytes arrive. */
export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  digest(): Promise<Uint8Array>;
}

/**
 * The algorithm of the checksum that S3 adds to what is uploaded without one.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export const defaultAlgorithm: ChecksumAlgorithm = 'crc64nvme';

/** Algorithms that S3 knows and this runtime does not. */
const unsupported = new Set(['md5', 'sha512', 'xxhash3', 'xxhash64', 'xxhash128']);

/** Starts the computation of a checksum. */
export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case 'crc32':
      return runningCrc32();
    case 'crc32c':
      return new Crc32c();
    case 'crc64nvme':
      return new Crc64Nvme();
    case 'sha1':
    case 'sha256': {
      const hash = createHash(algorithm);
      return { update: (bytes) => void hash.update(bytes), digest: async () => hash.digest() };
    }
  }
}

/**
 * Parses the name of an algorithm in any case. Throws `AwsError` `NotImplemented` for one that only S3 knows, and
 * `InvalidRequest` for any other name.
 */
export function checksumAlgorithm(name: string): ChecksumAlgorithm {
  const lower = name.toLowerCase();
  if (isAlgorithm(lower)) return lower;
  if (unsupported.has(lower))
    throw new AwsError('NotImplemented', `The local S3 does not implement the checksum ${name}`, 501);
  const known = Object.keys(valueBytes).map((each) => each.toUpperCase());
  throw new AwsError(
    'InvalidRequest',
    `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${known.join(', ')}]`,
  );
}

/** Creates the error for bytes whose checksum differs from the stated one. */
export function badDigest(algorithm: string): AwsError {
  return new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
}

/** Returns the response headers for a checksum. */
export function checksumHeaders(checksum: Checksum | undefined): Readonly<Record<string, string>> {
  if (checksum === undefined) return {};
  return {
    [`${checksumPrefix}${checksum.algorithm}`]: checksum.value,
    [`${checksumPrefix}type`]: checksum.type,
  };
}

/** Start of the names of headers about checksums. */
export const checksumPrefix = 'x-amz-checksum-';
const settings = ['mode', 'type', 'algorithm'].map((name) => `${checksumPrefix}${name}`);

/** Reports whether a header contains the value of a checksum. */
export function isValueHeader(name: string): boolean {
  return name.startsWith(checksumPrefix) && !settings.includes(name);
}

function isAlgorithm(name: string): name is ChecksumAlgorithm {
  return Object.hasOwn(valueBytes, name);
}

function runningCrc32(): RunningChecksum {
  let value = 0;
  return {
    update: (bytes) => {
      value = crc32(bytes, value);
    },
    digest: async () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    },
  };
}
