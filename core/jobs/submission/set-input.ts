import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobKey } from '../../ports/job-store.ts';
import { definitionOf } from '../inputs/input-violations.ts';
import type { Job } from '../model/job.ts';
import { readInputs } from '../records/job-inputs.ts';
import type { JobPrecondition } from '../records/require-precondition.ts';
import { type EditJobDeps, editJob } from './edit-job.ts';

export interface SetInputInput {
  readonly key: JobKey;
  readonly slot: string;
  /** IDs or URNs of the data objects; undefined empties the slot. */
  readonly data: readonly string[] | undefined;
  readonly meetsPrecondition: JobPrecondition;
}

/**
 * Sets the data objects of one input slot of a job that was not started. Throws the errors of `editJob`, and `slot-not-found` for a
 * slot that the service does not declare, unless it is emptied; a draft without a service accepts any slot.
 */
export function setInput(
  deps: EditJobDeps,
  { key, slot, data, meetsPrecondition }: SetInputInput,
): Promise<Job> {
  const content = data === undefined ? null : [...data];
  const check = (job: Job) => requireSlot(deps, job, { slot, isEmptied: data === undefined });
  return editJob(deps, { key, edit: { inputs: { [slot]: content } }, meetsPrecondition, check });
}

async function requireSlot(
  deps: EditJobDeps,
  job: Job,
  { slot, isEmptied }: { readonly slot: string; readonly isEmptied: boolean },
): Promise<void> {
  const service = job.service && (await deps.services.get({ tenant: job.tenant, ...job.service }));
  if (service === undefined || definitionOf(service.definition.inputs, slot) !== undefined) return;
  // The slot may be one of another service that the draft named before.
  if (isEmptied && Object.hasOwn(await readInputs(deps, job), slot)) return;
  const names = Object.keys(service.definition.inputs ?? {});
  const detail =
    names.length === 0
      ? 'The service has no input slots'
      : `"${slot.slice(0, 100)}" is not an input slot of the service, which has ${names.join(', ')}`;
  throw new ProblemError('slot-not-found', detail);
}
