import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { ObjectStore, StoredObject } from '../../ports/object-store.ts';
import type { ClaimedJob, Job, StoredJson } from '../model/job.ts';
import type { AttemptOutcome } from '../model/settle-job.ts';
import { storeJson, storeObject } from '../records/stored-json.ts';
import { type CheckResultDeps, invalidEnd, invalidResult, successWith } from './check-result.ts';
import { parseUploadedJson } from './uploaded-json.ts';

/** Larger uploaded JSON is stored unchecked: neither its syntax nor the service's schema is checked. */
export const maxCheckedBytes = 4_194_304;

export interface Upload {
  /** Object key of the uploaded result. */
  readonly key: string;
  /** The worker's name for the upload; valid for this claim only. */
  readonly reference: string;
}

type Deps = CheckResultDeps & { readonly objects: ObjectStore };

/** The only upload of a claim. Key and reference are derived from the job, so nothing has to be stored. */
export function uploadOf({ tenant, id, attempt, claim }: ClaimedJob): Upload {
  const name = `${attempt}-${claim.tokenDigest.slice(0, 22)}`;
  return { key: `tenants/${tenant}/jobs/${id}/uploads/${name}`, reference: `result-${name}` };
}

/**
 * Accepts the uploaded result of an attempt and returns the outcome; undefined if nothing was uploaded. JSON up
 * to 4 MiB is checked, and the checked text is stored under another key, because the upload URL may still be
 * valid; all other results stay where they were uploaded. One read returns both size and content, so a result
 * that is replaced in between is never accepted unchecked. The media type is that of the object unless the
 * worker states one.
 */
export async function acceptUpload(
  deps: Deps,
  job: ClaimedJob,
  mediaType?: string,
): Promise<AttemptOutcome | undefined> {
  const { key } = uploadOf(job);
  const typeOf = (object: StoredObject) => mediaType ?? object.mediaType;
  const object = await deps.objects.get(
    key,
    (found) => isJson(essenceOf(typeOf(found))) && found.sizeBytes <= maxCheckedBytes,
  );
  if (object === undefined) return undefined;
  const mediaTypeMember = isPlainJson(typeOf(object)) ? {} : { mediaType: typeOf(object) };
  if (object.bytes !== undefined) return checkJson(deps, job, { bytes: object.bytes, mediaTypeMember });
  const invalid = await invalidEnd(deps, job, undefined);
  if (invalid !== undefined) return invalid;
  return successWith(deps, job, { kind: 'object', key, sizeBytes: object.sizeBytes, ...mediaTypeMember });
}

/** Throws `invalid-request` if the reference is not the one of this claim. */
export function requireOwnReference(job: ClaimedJob, reference: string): void {
  if (reference !== uploadOf(job).reference)
    throw badReference("is not the reference of this attempt's upload");
}

/** The problem of a worker that completes with a reference but has uploaded nothing. */
export function nothingUploaded(): ProblemError {
  return badReference('refers to an upload that does not exist; upload the result first');
}

function badReference(detail: string): ProblemError {
  const errors = [{ pointer: '/resultReference', detail, keyword: 'reference' }];
  return new ProblemError('invalid-request', `/resultReference: ${detail}`, { errors });
}

/** The media type of a result; absent for plain JSON. */
interface MediaTypeMember {
  readonly mediaType?: string;
}

/** Stores the JSON text as the result if it has no errors. */
async function checkJson(
  deps: Deps,
  job: Job,
  upload: { readonly bytes: Uint8Array; readonly mediaTypeMember: MediaTypeMember },
): Promise<AttemptOutcome> {
  const parsed = parseUploadedJson(upload.bytes);
  if (!('json' in parsed)) return invalidResult(parsed);
  const invalid = await invalidEnd(deps, job, { value: parsed.value });
  if (invalid !== undefined) return invalid;
  const { mediaTypeMember } = upload;
  return successWith(deps, job, await storeResult(deps, job, { json: parsed.json, mediaTypeMember }));
}

/** A special media type requires an object: JSON on the record is always served as plain JSON. */
async function storeResult(
  { objects }: Deps,
  job: Job,
  { json, mediaTypeMember }: { readonly json: string; readonly mediaTypeMember: MediaTypeMember },
): Promise<StoredJson> {
  const owner = { tenant: job.tenant, jobId: job.id, role: 'result' } as const;
  if (mediaTypeMember.mediaType === undefined) return storeJson(objects, owner, json);
  return { ...(await storeObject(objects, owner, json)), ...mediaTypeMember };
}

/** The type and subtype of a media type, without its parameters: https://mimesniff.spec.whatwg.org/#mime-type-essence */
function essenceOf(mediaType: string): string {
  return mediaType.split(';')[0]?.trim().toLowerCase() ?? '';
}

function isPlainJson(mediaType: string): boolean {
  return essenceOf(mediaType) === 'application/json';
}

function isJson(essence: string): boolean {
  return essence === 'application/json' || essence.endsWith('+json');
}
