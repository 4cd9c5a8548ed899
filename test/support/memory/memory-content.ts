import { createHash } from 'node:crypto';
import type {
  ContentDescription,
  PartsCompletion,
  PartsOutcome,
} from '../../../core/ports/data/content-store.ts';
import { crc64Nvme } from './crc64-nvme.ts';

/** Content with its bytes. */
export interface StoredContent extends ContentDescription {
  readonly bytes: Uint8Array;
}

interface StoredPart {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** An upload in parts that was neither completed nor aborted. */
export interface StoredUpload {
  readonly key: string;
  readonly parts: Map<number, StoredPart>;
}

/** The content of an upload; undefined if a part is unknown, out of order or too small. */
export function join(
  upload: StoredUpload,
  { parts }: PartsCompletion,
  minPartBytes: number,
): StoredContent | undefined {
  const chosen = parts.map(({ number, etag }, index) => {
    const part = upload.parts.get(number);
    const isLast = index === parts.length - 1;
    const isNext = index === 0 || number > (parts[index - 1]?.number ?? 0);
    const isLargeEnough = isLast || (part?.bytes.length ?? 0) >= minPartBytes;
    return part?.etag === etag && isNext && isLargeEnough ? part.bytes : undefined;
  });
  if (chosen.length === 0 || chosen.includes(undefined)) return undefined;
  return describeBytes(Buffer.concat(chosen.flatMap((bytes) => bytes ?? [])));
}

/** Whether the content has the expected size and checksum. */
export function checkWhole(
  content: ContentDescription,
  { sizeBytes, crc64nvme }: PartsCompletion,
): PartsOutcome {
  if (sizeBytes !== undefined && content.sizeBytes !== sizeBytes) return 'wrong-size';
  if (crc64nvme !== undefined && content.crc64nvme !== crc64nvme) return 'wrong-checksum';
  return 'completed';
}

/** An object has one checksum only: the SHA-256 if the upload gave it, otherwise the CRC. */
export function describeBytes(bytes: Uint8Array, sha256?: string): StoredContent {
  const checksum = sha256 === undefined ? { crc64nvme: crc64Nvme(bytes) } : { sha256 };
  return { bytes, sizeBytes: bytes.length, ...checksum };
}

/** SHA-256 in hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The value of `x-amz-checksum-sha256`. */
export function sha256Header(sha256: string | undefined): string | undefined {
  return sha256 && Buffer.from(sha256, 'hex').toString('base64');
}

/** The ETag of bytes, without quotes. */
export function etagOf(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}
