import { isTerminal } from '../../contract/job-state.ts';
import { servedType } from '../../data/content-type.ts';
import type { ContentUrl } from '../../data/content-url.ts';
import { urlExpiry, urlLifetimeSeconds } from '../../data/describe-upload.ts';
import type { JobKey } from '../../ports/job-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Failure, Job } from '../model/job.ts';
import { requireObject } from '../records/require-not-deleting.ts';
import { readJson, sizeOf } from '../records/stored-json.ts';
import { type GetJobDeps, getJob } from './get-job.ts';

/** A larger result is fetched from the object store, not through the API. */
const maxReturnedBytes = 1_048_576;

export type ResultLookup =
  | { readonly kind: 'value'; readonly json: string }
  | ({ readonly kind: 'url' } & ContentUrl)
  | { readonly kind: 'none'; readonly job: Job; readonly failure: Failure }
  | { readonly kind: 'unfinished'; readonly job: Job };

/**
 * The result of a succeeded job, JSON `null` if the service returned none; the failure of a job that ended
 * otherwise; or the job itself while it has not ended. The job is read unless it is `current`. Throws
 * `not-found`.
 */
export async function getResult(
  deps: GetJobDeps & { readonly objects: ObjectStore },
  key: JobKey,
  current?: Job,
): Promise<ResultLookup> {
  const job = await getJob(deps, key, current);
  if (!isTerminal(job.status)) return { kind: 'unfinished', job };
  if (job.status !== 'succeeded') return { kind: 'none', job, failure: failureOf(job) };
  const result = job.result ?? { kind: 'inline', json: 'null' };
  requireObject(job, result);
  if (result.kind === 'object' && (result.mediaType !== undefined || sizeOf(result) > maxReturnedBytes)) {
    // The worker chose the media type of its upload, which may be one in which a browser runs code.
    const served = servedType(result.mediaType ?? 'application/json');
    const url = await deps.objects.presignGet(result.key, urlLifetimeSeconds, served);
    return { kind: 'url', url, expiresAt: urlExpiry(deps.clock.now()) };
  }
  return { kind: 'value', json: await readJson(deps.objects, result) };
}

function failureOf(job: Job): Failure {
  if (job.failure !== undefined) return job.failure;
  throw new Error(`The job ${job.id} is ${job.status} without a failure`);
}
