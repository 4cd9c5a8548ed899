import type { ResultUploadRequest } from '../../contract/schemas/worker-schemas.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { uploadOf } from '../attempts/uploaded-result.ts';
import { readClaimedJob, type WorkerCaller } from './worker-access.ts';

const urlLifetimeSeconds = 900;

export interface ResultUpload {
  /** Accepts one PUT of exactly the announced size, for 15 minutes. */
  readonly uploadUrl: string;
  readonly reference: string;
  readonly abort: boolean;
}

/**
 * Returns a URL to which the worker of the current attempt uploads its result. A repeated call returns
 * another URL of the same object. Throws `unauthenticated`, `stale-attempt` and `invalid-request`.
 */
export async function requestResultUpload(
  deps: { readonly jobs: Pick<JobStore, 'get'>; readonly objects: Pick<ObjectStore, 'presignPut'> },
  input: { readonly caller: WorkerCaller; readonly upload: ResultUploadRequest },
): Promise<ResultUpload> {
  const job = await readClaimedJob(deps.jobs, input.caller);
  const { key, reference } = uploadOf(job);
  const uploadUrl = await deps.objects.presignPut(key, urlLifetimeSeconds, input.upload.sizeBytes);
  return { uploadUrl, reference, abort: job.status === 'aborting' };
}
