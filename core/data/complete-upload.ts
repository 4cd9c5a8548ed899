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
import { nextVersion, updateData } from './update-data.ts';

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

/** `pending`: the store still joins the parts; the caller repeats the request. */
export type CompleteUploadResult =
  | { readonly kind: 'available'; readonly data: DataObject }
  | { readonly kind: 'pending'; readonly data: DataObject };

/**
 * Completes the upload of a data object: joins its parts, checks size and checksums, and makes the content available. A repeated
 * request gets the same result. Throws `not-found`, `data-deleted`, `upload-incomplete`, `checksum-mismatch` and `invalid-request`.
 * After each of these but the first two, the upload can continue, unless it has failed.
 */
export async function completeUpload(
  deps: CompleteUploadDeps,
  input: CompleteUploadInput,
): Promise<CompleteUploadResult> {
  const { key, completion } = input;
  const data = await deps.data.get(key);
  if (data === undefined) throw await missingData(deps.data, key);
  input.check?.(data);
  if (data.status === 'available') {
    requireExpected(data, data.checksum ?? {}, input);
    return { kind: 'available', data };
  }
  requireNotFailed(data);
  if ((await joinParts(deps, data, completion)) === 'pending') return { kind: 'pending', data };
  const content = await deps.contents.describe(contentKey(data));
  if (content === undefined)
    throw new ProblemError(
      'upload-incomplete',
      'The content was not uploaded yet: PUT it to the URL in `upload`',
    );
  const checksum = await checkContent(deps, data, { content, input });
  return { kind: 'available', data: await makeAvailable(deps, key, { content, checksum }) };
}

function requireNotFailed({ status }: DataObject): void {
  if (status !== 'failed') return;
  throw new ProblemError(
    'upload-incomplete',
    'The upload was not completed in time; create a new data object',
  );
}

interface Check {
  readonly content: ContentDescription;
  readonly input: CompleteUploadInput;
}

/** Removes content that is not the expected one, so that it can be uploaded again. */
async function checkContent(
  { contents }: CompleteUploadDeps,
  data: DataObject,
  { content, input }: Check,
): Promise<DataChecksum> {
  const checksum = checksumOf(data, content, input.computedSha256);
  try {
    if (data.sizeBytes !== undefined && data.sizeBytes !== content.sizeBytes)
      throw mismatch(`The content has ${content.sizeBytes} bytes instead of ${data.sizeBytes}`);
    requireExpected(data, checksum, input);
    return checksum;
  } catch (error) {
    await contents.remove(contentKey(data));
    throw error;
  }
}

/** The SHA-256 of an upload in parts is the word of its creator; a job that wrote the content has computed it. */
function checksumOf(
  { expectedSha256 }: DataObject,
  { crc64nvme, sha256 }: ContentDescription,
  computedSha256: string | undefined,
): DataChecksum {
  return omitUndefined({ crc64nvme, sha256: sha256 ?? computedSha256 ?? expectedSha256 });
}

function requireExpected(
  { expectedSha256 }: DataObject,
  { crc64nvme, sha256 }: DataChecksum,
  { completion, computedSha256 }: CompleteUploadInput,
): void {
  const { crc64nvme: expectedCrc } = completion;
  if (expectedCrc !== undefined && crc64nvme !== undefined && expectedCrc !== crc64nvme)
    throw mismatch(`The content has the CRC-64/NVME ${crc64nvme} instead of ${expectedCrc}`);
  const expected = computedSha256 ?? expectedSha256;
  if (expected !== undefined && sha256 !== undefined && expected !== sha256)
    throw mismatch(`The content has the SHA-256 ${sha256} instead of ${expected}`);
}

function mismatch(detail: string): ProblemError {
  return new ProblemError('checksum-mismatch', `${detail}; upload it again`);
}

function makeAvailable(
  deps: CompleteUploadDeps,
  key: DataKey,
  { content, checksum }: { readonly content: ContentDescription; readonly checksum: DataChecksum },
): Promise<DataObject> {
  return updateData(deps.data, key, async (current) => {
    if (current === undefined) throw await missingData(deps.data, key);
    // The reconciler may have ended the upload since.
    requireNotFailed(current);
    if (current.status === 'available') return { result: current };
    const { sizeBytes } = content;
    const uploaded = omit(current, ['upload', 'nextCheckAt']);
    const next = nextVersion(uploaded, deps.clock.now(), {
      status: 'available',
      sizeBytes,
      checksum,
      ...nextCheckOf(current),
    });
    return { next, result: next };
  });
}

/** Available content is checked only when it expires, or to continue its deletion. */
function nextCheckOf({ deletion, expiresAt, nextCheckAt }: DataObject): Pick<DataObject, 'nextCheckAt'> {
  return omitUndefined({ nextCheckAt: deletion === undefined ? expiresAt : nextCheckAt });
}
