import { ProblemError } from '../contract/problems/problem-error.ts';
import type { UploadPart } from '../contract/schemas/data-schemas.ts';
import type { Clock } from '../ports/clock.ts';
import type { ContentStore } from '../ports/data/content-store.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import { urlExpiry, urlLifetimeSeconds } from './describe-upload.ts';
import { contentKey, type DataObject, type Upload } from './model/data-object.ts';
import { partLimitOf, partSizeOf } from './upload-plan.ts';

export interface ListPartsDeps {
  readonly contents: Pick<ContentStore, 'presignParts' | 'listParts'>;
  readonly clock: Pick<Clock, 'now'>;
}

export interface PartPage {
  readonly parts: readonly UploadPart[];
  /** Number of the first part of the next page; absent at the end. */
  readonly nextFrom?: number;
}

/** The largest page of parts; each has a URL of about 1,000 bytes. */
const maxPageParts = 1000;

/**
 * The parts of an upload from a number on, with URLs for their PUT and whether they were uploaded already. Throws
 * `data-not-available` if the content is not uploaded in parts, or no longer.
 */
export async function listParts(
  deps: ListPartsDeps,
  data: DataObject,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<PartPage> {
  const upload = requirePartUpload(data);
  const last = partLimitOf(upload);
  const size = Math.max(0, Math.min(limit, maxPageParts, last - from + 1));
  const numbers = Array.from({ length: size }, (_, index) => from + index);
  const key = contentKey(data);
  const uploaded = await deps.contents.listParts(key, upload.uploadId, { after: from - 1, limit: size });
  if (uploaded === undefined) throw noUpload(data);
  const etags = new Map(uploaded.parts.map(({ number, etag }) => [number, etag]));
  const sizes = numbers.map((number) => ({ number, sizeBytes: partSizeOf(number, upload, data.sizeBytes) }));
  const expiresAt = urlExpiry(deps.clock.now());
  const urls = await deps.contents.presignParts(key, upload.uploadId, {
    parts: sizes,
    lifetimeSeconds: urlLifetimeSeconds,
  });
  const parts = sizes.map(({ number, sizeBytes }, index): UploadPart => {
    const etag = etags.get(number);
    return {
      number,
      ...omitUndefined({ sizeBytes }),
      url: urls[index] ?? '',
      expiresAt,
      uploaded: etag !== undefined,
      ...omitUndefined({ etag }),
    };
  });
  return from + size <= last ? { parts, nextFrom: from + size } : { parts };
}

/** The upload of a data object, which must be in parts. Throws `data-not-available`. */
function requirePartUpload(data: DataObject): Extract<Upload, { kind: 'parts' }> {
  const { upload, status } = data;
  if (status === 'uploading' && upload?.kind === 'parts') return upload;
  throw noUpload(data);
}

function noUpload({ id, status, upload }: DataObject): ProblemError {
  const reason =
    status === 'available'
      ? 'its upload is complete'
      : status === 'uploading' && upload?.kind === 'single'
        ? 'it is uploaded with one PUT'
        : 'its upload was not completed in time';
  return new ProblemError('data-not-available', `The data object ${id} has no parts to upload: ${reason}`);
}
