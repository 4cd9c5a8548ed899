import type { Job } from '../model/job.ts';
import { readInputs } from '../records/job-inputs.ts';
import { type EditJobDeps, editJob } from './edit-job.ts';
import { requireSlot, type SlotOfJob } from './set-input.ts';

/**
 * Empties one input slot of a job that was not started. Throws the errors of `editJob`, and `slot-not-found` for a slot that the
 * service does not declare and that contains nothing.
 */
export async function removeInput(
  deps: EditJobDeps,
  { key, slot, meetsPrecondition }: SlotOfJob,
): Promise<Job> {
  // A slot with content may be one of another service that the draft named before.
  const check = async (job: Job) => {
    if (!Object.hasOwn(await readInputs(deps, job), slot)) await requireSlot(deps, job, slot);
  };
  return editJob(deps, { key, edit: { inputs: { [slot]: null } }, meetsPrecondition, check });
}
