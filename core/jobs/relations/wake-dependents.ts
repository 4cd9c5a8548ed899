import { isTerminal } from '../../contract/job-state.ts';
import type { JobLinks } from '../../ports/job-links.ts';
import { asError } from '../../std/as-error.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { Job } from '../model/job.ts';
import { linkPages } from './link-pages.ts';
import { type WakeJobDeps, wakeJob } from './wake-job.ts';

export interface WakeDependentsDeps extends WakeJobDeps {
  readonly links: Pick<JobLinks, 'list'>;
}

/** One write of a job. */
export interface Change {
  readonly before?: Job;
  readonly after?: Job;
}

export interface WakeInput {
  /** When to leave the rest to the reconciler, in epoch milliseconds. */
  readonly budgetEndsAt: number;
}

const parallel = 10;

/**
 * Wakes the jobs that depend on the jobs that ended with these changes. A job checks its dependencies itself
 * once it is stored, so no end is missed between its links and its record. Never throws: the reconciler finds
 * the jobs that this call does not reach.
 */
export async function wakeDependents(
  deps: WakeDependentsDeps,
  changes: readonly Change[],
  input: WakeInput,
): Promise<void> {
  for (const job of changes.flatMap(endedWithDependents)) {
    try {
      await wakeDependentsOf(deps, job, input);
    } catch (error) {
      deps.log.warn('wake-failed', { jobId: job.id, error: asError(error) });
    }
  }
}

/** The flag is part of the changed record, so all other changes cost nothing. */
function endedWithDependents({ before, after }: Change): readonly Job[] {
  if (after?.hasDependents !== true || !isTerminal(after.status)) return [];
  return before !== undefined && isTerminal(before.status) ? [] : [after];
}

async function wakeDependentsOf(deps: WakeDependentsDeps, job: Job, input: WakeInput): Promise<void> {
  const { tenant, id } = job;
  for await (const links of linkPages(deps.links, { tenant, kind: 'dependent', anchorId: id })) {
    await inParallel(links, parallel, async ({ jobId }) => {
      if (deps.clock.now() >= input.budgetEndsAt) return;
      await wakeJob(deps, { tenant, jobId }).catch((error: unknown) =>
        deps.log.warn('wake-failed', { jobId, error: asError(error) }),
      );
    });
    if (deps.clock.now() >= input.budgetEndsAt) return;
  }
}
