import { ProblemError, violationsError } from '../contract/problems/problem-error.ts';
import type { UploadCompletion } from '../contract/schemas/data-schemas.ts';
import type { ContentStore } from '../ports/data/content-store.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import { contentKey, type DataObject, type Upload } from './model/data-object.ts';

/** How long one request waits for the store, in milliseconds: a function behind API Gateway has 29 s in all. */
const storeTimeoutMs = 15_000;

/** Maximum number of missing parts that a problem lists. */
const maxReported = 100;

type Parts = NonNullable<UploadCompletion['parts']>;

/**
 * Joins the uploaded parts of a data object to its content; does nothing for an upload with one PUT. The client names all parts
 * with their ETags, because a listing may contain a part that another try replaced
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html). Throws `invalid-request`, `upload-incomplete` with
 * `missingParts`, and `checksum-mismatch`.
 */
export async function joinParts(
  deps: { readonly contents: Pick<ContentStore, 'completeParts' | 'listParts' | 'describe'> },
  data: DataObject,
  { parts, crc64nvme }: UploadCompletion,
): Promise<'joined' | 'pending'> {
  const { upload, sizeBytes } = data;
  if (upload === undefined || upload.kind === 'single') {
    if (parts === undefined) return 'joined';
    throw violation('must be omitted: the content is uploaded with one PUT');
  }
  if (parts === undefined) throw violation('is required: the number and the ETag of each part');
  const ordered = orderedParts(parts);
  requireAll(ordered, upload);
  const key = contentKey(data);
  const completion = {
    parts: ordered,
    timeoutMs: storeTimeoutMs,
    ...omitUndefined({ sizeBytes, crc64nvme }),
  };
  switch (await deps.contents.completeParts(key, upload.uploadId, completion)) {
    case 'completed':
      return 'joined';
    case 'pending':
      return 'pending';
    case 'missing-upload':
      // An earlier try of this request has joined the parts, or the bucket has discarded them.
      if ((await deps.contents.describe(key)) !== undefined) return 'joined';
      throw new ProblemError(
        'upload-incomplete',
        'The upload was not completed in time, and its parts were discarded; create a new data object',
      );
    case 'invalid-parts':
      throw await invalidParts(deps, { key, upload, ordered });
    case 'wrong-size':
      throw new ProblemError(
        'upload-incomplete',
        `The parts do not have ${sizeBytes} bytes together; upload the parts that are incomplete again`,
      );
    case 'wrong-checksum':
      throw new ProblemError(
        'checksum-mismatch',
        `The content does not have the CRC-64/NVME ${crc64nvme}; upload the parts again`,
      );
  }
}

function orderedParts(parts: Parts): Parts {
  const ordered = parts
    .map(({ number, etag }) => ({ number, etag: etag.replaceAll('"', '') }))
    .sort((left, right) => left.number - right.number);
  const repeated = ordered.find(({ number }, index) => ordered[index + 1]?.number === number);
  if (repeated !== undefined)
    throw violation(`must contain each part once: part ${repeated.number} is repeated`);
  return ordered;
}

/** Throws `upload-incomplete` for missing parts, and `invalid-request` for parts that the upload does not have. */
function requireAll(ordered: Parts, { partCount }: Extract<Upload, { kind: 'parts' }>): void {
  const last = ordered.at(-1)?.number ?? 0;
  if (partCount !== undefined && last > partCount)
    throw violation(`must contain the parts 1 to ${partCount} only, not part ${last}`);
  const named = new Set(ordered.map(({ number }) => number));
  const all = Array.from({ length: partCount ?? last }, (_, index) => index + 1);
  const missing = all.filter((number) => !named.has(number));
  if (missing.length > 0) throw incomplete(missing);
}

async function invalidParts(
  { contents }: { readonly contents: Pick<ContentStore, 'listParts'> },
  {
    key,
    upload,
    ordered,
  }: { readonly key: string; readonly upload: Extract<Upload, { kind: 'parts' }>; readonly ordered: Parts },
): Promise<ProblemError> {
  const uploaded = new Map<number, string>();
  let after: number | undefined = 0;
  while (after !== undefined) {
    const page: Awaited<ReturnType<ContentStore['listParts']>> = await contents.listParts(
      key,
      upload.uploadId,
      { after, limit: 1000 },
    );
    for (const { number, etag } of page?.parts ?? []) uploaded.set(number, etag);
    after = page?.nextAfter;
  }
  const missing = ordered
    .filter(({ number, etag }) => uploaded.get(number) !== etag)
    .map(({ number }) => number);
  if (missing.length > 0) return incomplete(missing);
  return new ProblemError(
    'upload-incomplete',
    'Every part except the last one must have the size that `parts` lists; upload the smaller parts again',
  );
}

function incomplete(missing: readonly number[]): ProblemError {
  const shown = missing.slice(0, maxReported);
  const detail = `${missing.length} parts were not uploaded, or have other ETags; upload them again`;
  return new ProblemError('upload-incomplete', detail, { missingParts: shown });
}

function violation(detail: string): ProblemError {
  return violationsError('invalid-request', [{ pointer: '/parts', detail, keyword: 'parts' }]);
}
