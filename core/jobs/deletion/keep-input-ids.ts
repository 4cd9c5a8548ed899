import { inputIdsOf } from '../model/input-ids.ts';
import type { InputIds, Job, StoredJson } from '../model/job.ts';
import { withWrite } from '../model/transition-job.ts';
import { readJson } from '../records/stored-json.ts';
import { updateJob } from '../records/update-job.ts';
import type { DeletionDeps } from './deletion.ts';

/**
 * Copies the IDs of a job's inputs from their object to the mark of the job's deletion, before the object is deleted: the tombstone
 * contains them. Returns the job as it is then; changes nothing if the record itself contains the inputs. Throws if the object is
 * missing.
 */
export async function keepInputIds(deps: DeletionDeps, job: Job): Promise<Job> {
  const { inputs, cascade } = job;
  if (inputs?.kind !== 'object' || cascade?.inputIds !== undefined) return job;
  const inputIds = await readIds(deps, job, inputs);
  if (inputIds === undefined) return job;
  return updateJob(deps.jobs, { tenant: job.tenant, jobId: job.id, current: job }, (current = job) => {
    if (current.cascade === undefined || current.cascade.inputIds !== undefined) return { result: current };
    const next = withWrite(current, deps.clock.now(), { cascade: { ...current.cascade, inputIds } });
    return { next, result: next };
  });
}

/** Undefined if another caller has continued the deletion meanwhile, so that the object may be deleted. */
async function readIds(
  { jobs, objects }: DeletionDeps,
  { tenant, id: jobId }: Job,
  inputs: StoredJson,
): Promise<InputIds | undefined> {
  try {
    return inputIdsOf(await readJson(objects, inputs));
  } catch (error) {
    const current = await jobs.get({ tenant, jobId });
    if (current === undefined || current.cascade?.inputIds !== undefined) return undefined;
    throw error;
  }
}
