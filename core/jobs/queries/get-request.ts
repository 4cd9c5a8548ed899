import type { JobKey } from '../../ports/job-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { requireObject } from '../records/require-not-deleting.ts';
import { readJson } from '../records/stored-json.ts';
import { type GetJobDeps, getJob } from './get-job.ts';

/** The submitted parameters, before defaults, as JSON text. Throws `not-found`. */
export async function getRequest(
  deps: GetJobDeps & { readonly objects: ObjectStore },
  key: JobKey,
): Promise<string> {
  const job = await getJob(deps, key);
  const stored = job.request ?? job.parameters;
  requireObject(job, stored);
  return readJson(deps.objects, stored);
}
