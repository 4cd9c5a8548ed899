import { ProblemError } from '../../contract/problem-error.ts';
import type { ObjectStore, StoredObject } from '../../ports/object-store.ts';
import { countContainers } from '../../services/schema/json-containers.ts';
import type { Job, StoredJson } from '../job.ts';
import { type EndAttemptDeps, invalidResult, resultFaults } from '../settle-attempt.ts';
import type { Outcome } from '../settle-job.ts';
import { storeJson, storeObject } from '../stored-json.ts';
import type { HeldJob } from './worker-access.ts';

/** Uploaded JSON above this size is kept as it is: neither its form nor the service's schema is looked at. */
export const maxCheckedBytes = 4_194_304;

/**
 * Objects and arrays in a result that is checked: so many of the smallest fit in the memory of the functions that check
 * results, 256 MB (infra/job-functions.ts), with all else that those need. It refuses what has 6 bytes or fewer for each.
 */
const maxContainers = 700_000;

export interface Upload {
  /** Where the result of the attempt is put. */
  readonly key: string;
  /** What the worker calls it; good for this claim and no other. */
  readonly reference: string;
}

type Deps = Pick<EndAttemptDeps, 'services'> & { readonly objects: ObjectStore };

/** The one upload of an attempt's claim: made of what the job says, so that it is found without being remembered. */
export function uploadOf({ tenant, id, attempt, claim }: HeldJob): Upload {
  const name = `${attempt}-${claim.tokenDigest.slice(0, 22)}`;
  return { key: `tenants/${tenant}/jobs/${id}/uploads/${name}`, reference: `result-${name}` };
}

/**
 * How an attempt ended that uploaded its result; undefined when nothing was uploaded. JSON up to 4 MiB is checked, and
 * stored as it was checked under a key of its own, for the address of the upload may still be valid; everything else
 * stays where it was uploaded. One read both measures and takes the content, so a replacement in between is never
 * accepted unchecked. The media type is the object's own unless the worker gives one.
 */
export async function readUpload(deps: Deps, job: HeldJob, mediaType?: string): Promise<Outcome | undefined> {
  const { key } = uploadOf(job);
  const typeOf = (object: StoredObject) => mediaType ?? object.mediaType;
  const object = await deps.objects.get(
    key,
    (found) => isJson(essenceOf(typeOf(found))) && found.sizeBytes <= maxCheckedBytes,
  );
  if (object === undefined) return undefined;
  const named = isPlainJson(typeOf(object)) ? {} : { mediaType: typeOf(object) };
  if (object.text !== undefined) return checkJson(deps, job, { json: object.text, named });
  return { kind: 'succeeded', result: { kind: 'object', key, sizeBytes: object.sizeBytes, ...named } };
}

/** Throws `invalid-request` for a reference that this claim was not given. */
export function requireOwnReference(job: HeldJob, reference: string): void {
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

interface UploadedJson {
  readonly json: string;
  /** The media type that the result is served with, unless it is plain JSON. */
  readonly named: { readonly mediaType?: string };
}

/** Stores the JSON text as the result when it has no faults. */
async function checkJson(deps: Deps, job: Job, { json, named }: UploadedJson): Promise<Outcome> {
  const containers = countContainers(json);
  if (containers > maxContainers) return tooManyContainers(containers);
  const value = parse(json);
  if (value === undefined) return invalidResult([{ pointer: '', detail: 'is not JSON', keyword: 'type' }]);
  const faults = await resultFaults(deps, job, value.json);
  if (faults.length > 0) return invalidResult(faults);
  return { kind: 'succeeded', result: await keep(deps, job, { json, named }) };
}

/** A type of its own needs an object: JSON on the record is served as plain JSON. */
async function keep({ objects }: Deps, job: Job, { json, named }: UploadedJson): Promise<StoredJson> {
  const place = { tenant: job.tenant, jobId: job.id, role: 'result' } as const;
  if (named.mediaType === undefined) return storeJson(objects, place, json);
  return { ...(await storeObject(objects, place, json)), ...named };
}

function tooManyContainers(containers: number): Outcome {
  const detail = `has ${containers} objects and arrays, and JSON may have at most ${maxContainers}; give it fewer, or upload it as another media type, which is not checked`;
  return invalidResult([{ pointer: '', detail, keyword: 'size' }]);
}

function parse(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
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
