import * as z from 'zod/mini';
import { isStartable, isTerminal, type JobStatus, stateTable } from './job-state.ts';

const actionNames = ['edit', 'start', 'abort', 'rerun', 'delete'] as const;

/** Something that a caller may want to do with a job, and whether it would change anything now; if not, why. */
export const jobAction = z.strictObject({
  name: z.enum(actionNames),
  allowed: z.boolean(),
  reason: z.optional(z.string()),
});

export type JobAction = z.infer<typeof jobAction>;

/**
 * What can be done with a job in this state, as far as there are routes for it. An abort that is not allowed because it
 * was asked for before is still answered like the first one.
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
  if (isStartable(status)) return undefined;
  return `Only name, tags and metadata can be edited now: the job is ${status}`;
}

function startRefusal(status: JobStatus): string | undefined {
  if (status === 'ready') return undefined;
  if (status === 'draft') return 'What `missing` tells must be mended first';
  return isTerminal(status) ? `The job has ended as ${status}` : `The job is started: it is ${status}`;
}

function abortRefusal(status: JobStatus): string | undefined {
  const { abort } = stateTable[status];
  if (abort === 'refused') return `The job has ended as ${status}`;
  if (abort !== 'repeat') return undefined;
  return isTerminal(status) ? 'The job is aborted already' : 'The job is being aborted already';
}

function rerunRefusal(status: JobStatus): string | undefined {
  return isTerminal(status) ? undefined : `The job has not ended, it is ${status}`;
}

/** Sub-jobs and jobs that wait for this one may stand in the way too; only a look at them can tell. */
function deleteRefusal(status: JobStatus): string | undefined {
  return stateTable[status].deletable ? undefined : `The job is ${status}: abort it first, or let it end`;
}
