import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { ObjectStore, StoredObject } from '../../ports/object-store.ts';
import type { ClaimedJob, Job, StoredJson } from '../model/job.ts';
import type { Outcome } from '../model/settle-job.ts';
import { storeJson, storeObject } from '../records/stored-json.ts';
import { type EndAttemptDeps, invalidResult, resultFaults } from './settle-attempt.ts';
import { parseUploadedJson } from './uploaded-json.ts';

/** Uploaded JSON above this size is kept as it is: neither its form nor the service's schema is looked at. */
export const maxCheckedBytes = 4_194_304;

export interface Upload {
  /** Where the result of the attempt is put. */
  readonly key: string;
  /** What the worker calls it; good for this claim and no other. */
  readonly reference: string;
}

type Deps = Pick<EndAttemptDeps, 'services'> & { readonly objects: ObjectStore };

/** The one upload of an attempt's claim: made of what the job says, so that it is found without being remembered. */
export function uploadOf({ tenant, id, attempt, claim }: ClaimedJob): Upload {
  const name = `${attempt}-${claim.tokenDigest.slice(0, 22)}`;
  return { key: `tenants/${tenant}/jobs/${id}/uploads/${name}`, reference: `result-${name}` };
}

/**
 * How an attempt ended that uploaded its result; undefined when nothing was uploaded. JSON up to 4 MiB is checked, and
 * stored as it was checked under a key of its own, for the address of the upload may still be valid; everything else
 * stays where it was uploaded. One read both measures and takes the content, so a replacement in between is never
 * accepted unchecked. The media type is the object's own unless the worker gives one.
 */
export async function readUpload(
  deps: Deps,
  job: ClaimedJob,
  mediaType?: string,
): Promise<Outcome | undefined> {
  const { key } = uploadOf(job);
  const typeOf = (object: StoredObject) => mediaType ?? object.mediaType;
  const object = await deps.objects.get(
    key,
    (found) => isJson(essenceOf(typeOf(found))) && found.sizeBytes <= maxCheckedBytes,
  );
  if (object === undefined) return undefined;
  const named = isPlainJson(typeOf(object)) ? {} : { mediaType: typeOf(object) };
  if (object.bytes !== undefined) return checkJson(deps, job, { bytes: object.bytes, named });
  return { kind: 'succeeded', result: { kind: 'object', key, sizeBytes: object.sizeBytes, ...named } };
}

/** Throws `invalid-request` for a reference that this claim was not given. */
export function requireOwnReference(job: ClaimedJob, reference: string): void {
  if (reference !== uploadOf(job).reference) throw badReference('is not one that this attempt was given');
}

/** Told to the worker that completes with a reference and never uploaded. */
export function nothingUploaded(): ProblemError {
  return badReference('stands for no object: upload the result first');
}

function badReference(detail: string): ProblemError {
  const errors = [{ pointer: '/resultReference', detail, keyword: 'reference' }];
  return new ProblemError('invalid-request', `/resultReference: ${detail}`, { errors });
}

/** The media type that a result is served with, unless it is plain JSON. */
interface Named {
  readonly mediaType?: string;
}

/** Stores the JSON text as the result when it has no faults. */
async function checkJson(
  deps: Deps,
  job: Job,
  upload: { readonly bytes: Uint8Array; readonly named: Named },
): Promise<Outcome> {
  const parsed = parseUploadedJson(upload.bytes);
  if (!('json' in parsed)) return invalidResult(parsed);
  const faults = await resultFaults(deps, job, parsed.value);
  if (faults.length > 0) return invalidResult(faults);
  return { kind: 'succeeded', result: await keep(deps, job, { json: parsed.json, named: upload.named }) };
}

/** A type of its own needs an object: JSON on the record is served as plain JSON. */
async function keep(
  { objects }: Deps,
  job: Job,
  { json, named }: { readonly json: string; readonly named: Named },
): Promise<StoredJson> {
  const place = { tenant: job.tenant, jobId: job.id, role: 'result' } as const;
  if (named.mediaType === undefined) return storeJson(objects, place, json);
  return { ...(await storeObject(objects, place, json)), ...named };
}

function essenceOf(mediaType: string): string {
  return mediaType.split(';')[0]?.trim().toLowerCase() ?? '';
}

function isPlainJson(mediaType: string): boolean {
  return essenceOf(mediaType) === 'application/json';
}

function isJson(essence: string): boolean {
  return essence === 'application/json' || essence.endsWith('+json');
}
