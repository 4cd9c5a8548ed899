import type { S3Client } from '@aws-sdk/client-s3';
import type {
  PartsCompletion,
  PartsOutcome,
  PartsQuery,
  UploadedPart,
  UploadedParts,
} from '../../core/ports/data/content-store.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';

/** An upload in parts. */
export interface PartUpload {
  readonly s3: S3Client;
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

/**
 * Begins an upload whose CRC-64/NVME S3 computes over the whole content. Clients need not send checksums of the
 * parts, because S3 computes them (https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html).
 */
export async function beginParts({ s3, Bucket, Key }: Omit<PartUpload, 'UploadId'>): Promise<string> {
  const { CreateMultipartUploadCommand } = await import('@aws-sdk/client-s3');
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({
      Bucket,
      Key,
      ChecksumAlgorithm: 'CRC64NVME',
      ChecksumType: 'FULL_OBJECT',
    }),
  );
  if (UploadId === undefined) throw new Error(`S3 began an upload of ${Key} without an ID`);
  return UploadId;
}

/** Lists uploaded parts; undefined if there is no such upload. */
export async function listParts(
  { s3, ...target }: PartUpload,
  { after, limit }: PartsQuery,
): Promise<UploadedParts | undefined> {
  const { ListPartsCommand, NoSuchUpload } = await import('@aws-sdk/client-s3');
  try {
    const page = await s3.send(
      new ListPartsCommand({ ...target, PartNumberMarker: String(after), MaxParts: limit }),
    );
    const parts = (page.Parts ?? []).map(({ PartNumber, Size, ETag }): UploadedPart => {
      if (PartNumber === undefined || Size === undefined || ETag === undefined)
        throw new Error(`S3 listed a part of ${target.Key} without number, size or ETag`);
      return { number: PartNumber, sizeBytes: Size, etag: ETag.replaceAll('"', '') };
    });
    const last = parts.at(-1);
    return { parts, ...(page.IsTruncated === true && last !== undefined ? { nextAfter: last.number } : {}) };
  } catch (error) {
    if (error instanceof NoSuchUpload) return undefined;
    throw error;
  }
}

/** Discards an upload; does nothing if there is no such upload. */
export async function abortParts({ s3, ...target }: PartUpload): Promise<void> {
  const { AbortMultipartUploadCommand, NoSuchUpload } = await import('@aws-sdk/client-s3');
  try {
    await s3.send(new AbortMultipartUploadCommand(target));
  } catch (error) {
    if (!(error instanceof NoSuchUpload)) throw error;
  }
}

/**
 * The outcome of each error of CompleteMultipartUpload by its code. S3 may report an error inside of a response
 * with status 200, which the SDK throws like any other. A conflict means that another request joins the parts or
 * has just removed the content; the repeated call finds out
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html).
 */
const outcomes: Readonly<Record<string, PartsOutcome>> = {
  PreconditionFailed: 'completed',
  NoSuchUpload: 'missing-upload',
  InvalidPart: 'invalid-parts',
  InvalidPartOrder: 'invalid-parts',
  EntityTooSmall: 'invalid-parts',
  BadDigest: 'wrong-checksum',
  ConditionalRequestConflict: 'pending',
  InternalError: 'pending',
  ServiceUnavailable: 'pending',
  SlowDown: 'pending',
  RequestTimeout: 'pending',
  TimeoutError: 'pending',
};

/** Joins the parts of an upload. S3 may need minutes for it; the call waits for `timeoutMs` only. */
export async function completeParts(upload: PartUpload, completion: PartsCompletion): Promise<PartsOutcome> {
  const { CompleteMultipartUploadCommand } = await import('@aws-sdk/client-s3');
  const { s3, ...target } = upload;
  const { parts, sizeBytes: MpuObjectSize, crc64nvme: ChecksumCRC64NVME, timeoutMs } = completion;
  const command = new CompleteMultipartUploadCommand({
    ...target,
    MultipartUpload: { Parts: parts.map(({ number, etag }) => ({ PartNumber: number, ETag: `"${etag}"` })) },
    ChecksumType: 'FULL_OBJECT',
    IfNoneMatch: '*',
    ...omitUndefined({ MpuObjectSize, ChecksumCRC64NVME }),
  });
  const abortSignal = AbortSignal.timeout(timeoutMs);
  try {
    await s3.send(command, { abortSignal, requestTimeout: timeoutMs });
    return 'completed';
  } catch (error) {
    if (abortSignal.aborted) return 'pending';
    const code = error instanceof Error ? error.name : '';
    const outcome = Object.hasOwn(outcomes, code) ? outcomes[code] : undefined;
    if (outcome !== undefined) return outcome;
    if (code === 'InvalidRequest' && (await hasWrongSize(upload, completion))) return 'wrong-size';
    throw error;
  }
}

/** S3 reports a wrong size by a code that has other meanings too, so the sizes are compared here. */
async function hasWrongSize(upload: PartUpload, { parts, sizeBytes }: PartsCompletion): Promise<boolean> {
  if (sizeBytes === undefined) return false;
  const named = new Set(parts.map(({ number }) => number));
  let total = 0;
  let after: number | undefined = 0;
  while (after !== undefined) {
    const page: UploadedParts | undefined = await listParts(upload, { after, limit: 1000 });
    for (const part of page?.parts ?? []) if (named.has(part.number)) total += part.sizeBytes;
    after = page?.nextAfter;
  }
  return total !== sizeBytes;
}
