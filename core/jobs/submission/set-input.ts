import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobKey } from '../../ports/job-store.ts';
import { definitionOf } from '../inputs/input-violations.ts';
import type { Job } from '../model/job.ts';
import type { JobPrecondition } from '../records/require-precondition.ts';
import { type EditJobDeps, editJob } from './edit-job.ts';

/** An input slot of a job that was not started. */
export interface SlotOfJob {
  readonly key: JobKey;
  readonly slot: string;
  readonly meetsPrecondition: JobPrecondition;
}

export interface SetInputInput extends SlotOfJob {
  /** IDs or URNs of the data objects. */
  readonly data: readonly string[];
}

/**
 * Sets the data objects of one input slot of a job that was not started. Throws the errors of `editJob`, and `slot-not-found` for a
 * slot that the service does not declare; a draft without a service accepts any slot.
 */
export async function setInput(
  deps: EditJobDeps,
  { key, slot, data, meetsPrecondition }: SetInputInput,
): Promise<Job> {
  const edit = { inputs: { [slot]: [...data] } };
  return editJob(deps, { key, edit, meetsPrecondition, check: (job) => requireSlot(deps, job, slot) });
}

/** Throws `slot-not-found` if the draft has a service that does not declare the slot. */
export async function requireSlot(deps: EditJobDeps, job: Job, slot: string): Promise<void> {
  const service = job.service && (await deps.services.get({ tenant: job.tenant, ...job.service }));
  if (service === undefined || definitionOf(service.definition.inputs, slot) !== undefined) return;
  const names = Object.keys(service.definition.inputs ?? {});
  const detail =
    names.length === 0
      ? 'The service has no input slots'
      : `"${slot.slice(0, 100)}" is not an input slot of the service, which has ${names.join(', ')}`;
  throw new ProblemError('slot-not-found', detail);
}
