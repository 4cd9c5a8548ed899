import { ProblemError } from '../contract/problems/problem-error.ts';
import type { UploadCompletion } from '../contract/schemas/data-schemas.ts';
import type { Clock } from '../ports/clock.ts';
import type { ContentDescription, ContentStore } from '../ports/data/content-store.ts';
import type { DataKey, DataStore } from '../ports/data/data-store.ts';
import { omit } from '../std/omit.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import { missingData } from './data-problems.ts';
import { joinParts } from './join-parts.ts';
import { contentKey, type DataChecksum, type DataObject } from './model/data-object.ts';
import { isBeingRejected, removeRejected, withRejection } from './reject-content.ts';
import { type DataDecision, nextVersion, updateData } from './update-data.ts';

export interface CompleteUploadDeps {
  readonly data: Pick<DataStore, 'get' | 'replace' | 'tombstone'>;
  readonly contents: Pick<ContentStore, 'describe' | 'completeParts' | 'listParts' | 'remove'>;
  readonly clock: Pick<Clock, 'now'>;
}

export interface CompleteUploadInput {
  readonly key: DataKey;
  readonly completion: UploadCompletion;
  /** SHA-256 in hexadecimal that a job computed while it wrote the content. */
  readonly computedSha256?: string | undefined;
  /** Throws if the object is not the one that the caller expects. */
  readonly check?: (data: DataObject) => void;
}

/** `pending`: the store still joins the parts, or another request removes content; the caller repeats the request. */
export type CompleteUploadResult =
  | { readonly kind: 'available'; readonly data: DataObject }
  | { readonly kind: 'pending'; readonly data: DataObject };

/** What a request found: the result, or content that it rejects for a reason. */
type Verdict =
  | CompleteUploadResult
  | { readonly kind: 'rejected'; readonly data: DataObject; readonly reason: ProblemError };

/**
 * Completes the upload of a data object: joins its parts, checks size and checksums, and makes the content available. A repeated
 * request gets the same result. Throws `not-found`, `data-deleted`, `upload-incomplete`, `checksum-mismatch` and `invalid-request`.
 * After each of these but the first two, the upload can continue, unless it has failed.
 *
 * Content that is not the expected one is removed. Every verdict about the content is stored only if the object was not modified
 * since before the content was read, and a rejection before the removal, so no request removes the content of an available object.
 */
export async function completeUpload(
  deps: CompleteUploadDeps,
  input: CompleteUploadInput,
): Promise<CompleteUploadResult> {
  const { key } = input;
  const verdict = await updateData<Verdict>(deps.data, key, async (data) => {
    if (data === undefined) throw await missingData(deps.data, key);
    input.check?.(data);
    return judge(deps, data, input);
  });
  if (verdict.kind !== 'rejected') return verdict;
  await removeRejected(deps, key, verdict.data);
  throw verdict.reason;
}

async function judge(
  deps: CompleteUploadDeps,
  data: DataObject,
  input: CompleteUploadInput,
): Promise<DataDecision<Verdict>> {
  if (data.status === 'available') {
    requireExpected(data, data.checksum ?? {}, input);
    return { result: { kind: 'available', data } };
  }
  requireNotFailed(data);
  if (isBeingRejected(data, deps.clock.now())) return { result: { kind: 'pending', data } };
  if ((await joinParts(deps, data, input.completion)) === 'pending')
    return { result: { kind: 'pending', data } };
  const content = await deps.contents.describe(contentKey(data));
  if (content === undefined)
    throw new ProblemError(
      'upload-incomplete',
      'The content was not uploaded yet: PUT it to the URL in `upload`',
    );
  const now = deps.clock.now();
  const checksum = checksumOf(data, content, input.computedSha256);
  const reason = mismatchOf(data, { ...content, checksum }, input);
  if (reason !== undefined) {
    const next = withRejection(data, now);
    return { next, result: { kind: 'rejected', data: next, reason } };
  }
  const next = availableData(data, { sizeBytes: content.sizeBytes, checksum }, now);
  return { next, result: { kind: 'available', data: next } };
}

function requireNotFailed({ status }: DataObject): void {
  if (status !== 'failed') return;
  throw new ProblemError(
    'upload-incomplete',
    'The upload was not completed in time; create a new data object',
  );
}

interface Content {
  readonly sizeBytes: number;
  readonly checksum: DataChecksum;
}

/** Undefined if the content is the expected one. */
function mismatchOf(
  data: DataObject,
  { sizeBytes, checksum }: Content,
  input: CompleteUploadInput,
): ProblemError | undefined {
  if (data.sizeBytes !== undefined && data.sizeBytes !== sizeBytes)
    return mismatch(`The content has ${sizeBytes} bytes instead of ${data.sizeBytes}`);
  return checksumMismatchOf(data, checksum, input);
}

/** The SHA-256 of an upload in parts is the word of its creator; a job that wrote the content has computed it. */
function checksumOf(
  { expectedSha256 }: DataObject,
  { crc64nvme, sha256 }: ContentDescription,
  computedSha256: string | undefined,
): DataChecksum {
  return omitUndefined({ crc64nvme, sha256: sha256 ?? computedSha256 ?? expectedSha256 });
}

function requireExpected(data: DataObject, checksum: DataChecksum, input: CompleteUploadInput): void {
  const reason = checksumMismatchOf(data, checksum, input);
  if (reason !== undefined) throw reason;
}

function checksumMismatchOf(
  { expectedSha256 }: DataObject,
  { crc64nvme, sha256 }: DataChecksum,
  { completion, computedSha256 }: CompleteUploadInput,
): ProblemError | undefined {
  const { crc64nvme: expectedCrc } = completion;
  if (expectedCrc !== undefined && crc64nvme !== undefined && expectedCrc !== crc64nvme)
    return mismatch(`The content has the CRC-64/NVME ${crc64nvme} instead of ${expectedCrc}`);
  const expected = computedSha256 ?? expectedSha256;
  if (expected !== undefined && sha256 !== undefined && expected !== sha256)
    return mismatch(`The content has the SHA-256 ${sha256} instead of ${expected}`);
  return undefined;
}

function mismatch(detail: string): ProblemError {
  return new ProblemError('checksum-mismatch', `${detail}; upload it again`);
}

function availableData(data: DataObject, { sizeBytes, checksum }: Content, now: number): DataObject {
  const uploaded = omit(data, ['upload', 'nextCheckAt']);
  return nextVersion(uploaded, now, { status: 'available', sizeBytes, checksum, ...nextCheckOf(data) });
}

/** Available content is checked only when it expires, or to continue its deletion. */
function nextCheckOf({ deletion, expiresAt, nextCheckAt }: DataObject): Pick<DataObject, 'nextCheckAt'> {
  return omitUndefined({ nextCheckAt: deletion === undefined ? expiresAt : nextCheckAt });
}
