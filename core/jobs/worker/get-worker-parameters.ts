import type { JobStore } from '../../ports/job-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { readJson, sizeOf } from '../records/stored-json.ts';
import { readClaimedJob, type WorkerCaller } from './worker-access.ts';

/** Larger parameters are fetched from the object store, as by a Lambda service. */
const maxReturnedBytes = 102_400;
const urlLifetimeSeconds = 900;

export type WorkerParameters =
  | { readonly kind: 'value'; readonly json: string }
  | { readonly kind: 'url'; readonly url: string };

/**
 * The parameters, for the worker of the current attempt. Throws `unauthenticated`, `stale-attempt` and
 * `invalid-request`.
 */
export async function getWorkerParameters(
  deps: { readonly jobs: Pick<JobStore, 'get'>; readonly objects: ObjectStore },
  caller: WorkerCaller,
): Promise<WorkerParameters> {
  const { parameters } = await readClaimedJob(deps.jobs, caller);
  if (parameters.kind === 'object' && sizeOf(parameters) > maxReturnedBytes) {
    return { kind: 'url', url: await deps.objects.presignGet(parameters.key, urlLifetimeSeconds) };
  }
  return { kind: 'value', json: await readJson(deps.objects, parameters) };
}
