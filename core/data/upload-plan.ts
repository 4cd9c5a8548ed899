import type { Upload } from './model/data-object.ts';

/** Content up to this size is uploaded with one PUT; larger content in parts, so that an interrupted upload can resume. */
export const maxSingleUploadBytes = 100_000_000;

const mebibyte = 1_048_576;
const minPartBytes = 16 * mebibyte;

/** Number of parts of one upload (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). */
const maxParts = 10_000;

/** How to upload content of a size in bytes, undefined if it is not known in advance. */
export type UploadPlan =
  | Extract<Upload, { kind: 'single' }>
  | Omit<Extract<Upload, { kind: 'parts' }>, 'uploadId'>;

/** Chooses between one PUT and parts, and the size of the parts. */
export function planUpload(sizeBytes: number | undefined): UploadPlan {
  if (sizeBytes === undefined) return { kind: 'parts', partSizeBytes: minPartBytes };
  if (sizeBytes <= maxSingleUploadBytes) return { kind: 'single' };
  const smallest = Math.ceil(sizeBytes / maxParts / mebibyte) * mebibyte;
  const partSizeBytes = Math.max(minPartBytes, smallest);
  return { kind: 'parts', partSizeBytes, partCount: Math.ceil(sizeBytes / partSizeBytes) };
}

/** The size of one part in bytes; undefined if the size of the content is not known. */
export function partSizeOf(
  number: number,
  { partSizeBytes, partCount }: Extract<Upload, { kind: 'parts' }>,
  sizeBytes: number | undefined,
): number | undefined {
  if (sizeBytes === undefined || partCount === undefined) return undefined;
  return number < partCount ? partSizeBytes : sizeBytes - partSizeBytes * (partCount - 1);
}

/** Maximum number of parts of an upload. */
export function partLimitOf({ partCount }: Extract<Upload, { kind: 'parts' }>): number {
  return partCount ?? maxParts;
}
