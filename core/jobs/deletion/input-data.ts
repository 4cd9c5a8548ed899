import type { DataObject } from '../../data/model/data-object.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Job, JobInputs } from '../model/job.ts';
import { distinctIds, idsOf } from '../records/job-inputs.ts';
import { readJsonIfPresent } from '../records/stored-json.ts';
import type { DeletionScope } from './deletion.ts';

/** The IDs of the data objects that a job uses; none if a deletion has just removed their list. */
export async function inputIdsOf(
  { objects }: { readonly objects: Pick<ObjectStore, 'get'> },
  { inputs, cascade }: Job,
): Promise<readonly string[]> {
  if (cascade?.inputIds !== undefined) return distinctIds(cascade.inputIds);
  const json = inputs === undefined ? undefined : await readJsonIfPresent(objects, inputs);
  return json === undefined ? [] : distinctIds(idsOf(JSON.parse(json) as JobInputs)); // we stored JSON text
}

/**
 * Whether an input of a deleted job goes with it, if no other job uses it. An output of another job stays as long as that job
 * exists. If that job was deleted, its output was only kept for its users, so it goes with the last of them, whatever the scope.
 */
export async function isWithoutSurvivor(
  { jobs }: { readonly jobs: Pick<JobStore, 'get'> },
  { tenant, origin }: DataObject,
  { scope, inTree }: { readonly scope: DeletionScope; readonly inTree?: ReadonlySet<string> },
): Promise<boolean> {
  if (origin.kind === 'upload') return scope.withInputs === true;
  if (inTree?.has(origin.jobId) === true) return scope.withOutputs === true;
  const writer = await jobs.get({ tenant, jobId: origin.jobId });
  return writer === undefined || writer.cascade?.accepted === true;
}
