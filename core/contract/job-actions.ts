import * as z from 'zod/mini';
import { isTerminal, isUnstarted, type JobStatus, stateTable } from './job-state.ts';

const actionNames = ['edit', 'start', 'abort', 'rerun', 'delete'] as const;

/** An action on a job, and whether the job's state currently allows it; if not, `reason` explains why. */
export const jobAction = z.strictObject({
  name: z.enum(actionNames),
  allowed: z.boolean(),
  reason: z.optional(z.string()),
});

export type JobAction = z.infer<typeof jobAction>;

/**
 * The actions on a job in this state, allowed or not. A repeated abort is listed as not allowed, but the API
 * still responds to it as to the first one.
 */
export function actionsOf(status: JobStatus): JobAction[] {
  return [
    action('edit', editRefusal(status)),
    action('start', startRefusal(status)),
    action('abort', abortRefusal(status)),
    action('rerun', rerunRefusal(status)),
    action('delete', deleteRefusal(status)),
  ];
}

function action(name: JobAction['name'], reason: string | undefined): JobAction {
  return reason === undefined ? { name, allowed: true } : { name, allowed: false, reason };
}

function editRefusal(status: JobStatus): string | undefined {
  if (isUnstarted(status)) return undefined;
  return `Only name, tags and metadata can be edited: the job is ${status}`;
}

function startRefusal(status: JobStatus): string | undefined {
  if (status === 'ready') return undefined;
  if (status === 'draft') return 'The draft is incomplete: fix the errors in `missing` first';
  return isTerminal(status)
    ? `The job has ended as ${status}`
    : `The job has already been started: it is ${status}`;
}

function abortRefusal(status: JobStatus): string | undefined {
  const { abort } = stateTable[status];
  if (abort === 'refused') return `The job has ended as ${status}`;
  if (abort !== 'repeat') return undefined;
  return isTerminal(status) ? 'The job is already aborted' : 'The job is already being aborted';
}

function rerunRefusal(status: JobStatus): string | undefined {
  return isTerminal(status) ? undefined : `The job has not ended: it is ${status}`;
}

/**
 * Running sub-jobs and dependent jobs can also prevent a deletion, but that is known only after reading them.
 */
function deleteRefusal(status: JobStatus): string | undefined {
  return stateTable[status].deletable
    ? undefined
    : `The job is ${status}: abort it first, or wait until it ends`;
}
