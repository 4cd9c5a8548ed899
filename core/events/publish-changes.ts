import { type WakeDependentsDeps, wakeDependents } from '../jobs/relations/wake-dependents.ts';
import type { JobCounters } from '../ports/job-counters.ts';
import { changesBeforeFirst, countJobs } from './count-jobs.ts';
import { type LogAndPublishDeps, logAndPublish } from './log/log-and-publish.ts';
import type { JobChange } from './publish-events.ts';

export interface PublishChangesDeps extends LogAndPublishDeps, WakeDependentsDeps {
  readonly counters: JobCounters;
  readonly settings: LogAndPublishDeps['settings'] & WakeDependentsDeps['settings'];
}

export interface PublishChangesInput {
  /** When to leave dependents that were not woken to the reconciler, in epoch milliseconds. */
  readonly wakeUntil: number;
  /** Which changes are delivered again after a failure: those that failed, or all from the first one that failed on. */
  readonly repeats: 'failed' | 'from-first-failed';
}

/**
 * Does everything that follows from changes of jobs: appends their events to the event log, publishes them and sends them to webhooks,
 * wakes the dependents of jobs that ended, and counts these jobs. Returns the positions of the changes for which any of this failed;
 * the call is to be repeated with them. A repetition changes nothing but the bus, where consumers drop duplicates by `id`.
 */
export async function publishChanges(
  deps: PublishChangesDeps,
  changes: readonly JobChange[],
  { wakeUntil, repeats }: PublishChangesInput,
): Promise<readonly string[]> {
  const [failed] = await Promise.all([
    logAndPublish(deps, changes),
    wakeDependents(deps, changes, { budgetEndsAt: wakeUntil }),
  ]);
  // What is delivered again is counted later.
  const settled =
    repeats === 'failed'
      ? changes.filter(({ position }) => !failed.includes(position))
      : changesBeforeFirst(changes, failed);
  return [...failed, ...(await countJobs(deps, settled))];
}
