import type { InputIds, Job } from '../model/job.ts';
import { withWrite } from '../model/transition-job.ts';
import { idsOf, readInputs } from '../records/job-inputs.ts';
import { readJsonIfPresent } from '../records/stored-json.ts';
import { updateJob } from '../records/update-job.ts';
import type { DeletionDeps } from './deletion.ts';

/** A job that is being deleted, as it is stored, and the IDs of its inputs. */
export interface KeptInputs {
  readonly job: Job;
  readonly inputIds: InputIds;
}

/**
 * Reads the IDs of a job's inputs before its objects are deleted. If the inputs are stored in one of these objects, their IDs are
 * copied to the mark of the deletion, because the deletion may be interrupted: the tombstone contains them, and the links to the
 * inputs are found by them.
 */
export async function keepInputIds(deps: DeletionDeps, job: Job): Promise<KeptInputs> {
  const { inputs, cascade } = job;
  if (cascade?.inputIds !== undefined) return { job, inputIds: cascade.inputIds };
  if (inputs?.kind !== 'object') return { job, inputIds: idsOf(await readInputs(deps, job)) };
  const json = await readJsonIfPresent(deps.objects, inputs);
  // Without the object, another caller has copied the IDs and deleted it.
  const inputIds =
    json === undefined ? {} : idsOf(await readInputs(deps, { inputs: { kind: 'inline', json } }));
  return updateJob(deps.jobs, { tenant: job.tenant, jobId: job.id }, (current = job) => {
    const kept = current.cascade?.inputIds;
    if (current.cascade === undefined || kept !== undefined)
      return { result: { job: current, inputIds: kept ?? inputIds } };
    const next = withWrite(current, deps.clock.now(), { cascade: { ...current.cascade, inputIds } });
    return { next, result: { job: next, inputIds } };
  });
}
