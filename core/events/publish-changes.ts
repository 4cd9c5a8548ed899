import { type RecordRerunsDeps, recordReruns } from '../jobs/relations/record-reruns.ts';
import { type WakeDependentsDeps, wakeDependents } from '../jobs/relations/wake-dependents.ts';
import type { GroupCounters } from '../ports/groups/group-counters.ts';
import type { JobCounters } from '../ports/job-counters.ts';
import { countGroups } from './count-groups.ts';
import { changesBeforeFirst, countJobs } from './count-jobs.ts';
import { type LogAndPublishDeps, logAndPublish } from './log/log-and-publish.ts';
import { changedAt, type JobChange } from './publish-events.ts';

export interface PublishChangesDeps extends LogAndPublishDeps, WakeDependentsDeps, RecordRerunsDeps {
  readonly counters: JobCounters;
  readonly groups: Pick<GroupCounters, 'count'>;
  readonly jobs: WakeDependentsDeps['jobs'] & RecordRerunsDeps['jobs'];
  readonly settings: LogAndPublishDeps['settings'] & WakeDependentsDeps['settings'];
}

/**
 * For this time after a change, reruns and groups are tried again if they could not be recorded. The stream waits meanwhile, and with it
 * the events of all tenants; a missing `rerunAs` or a wrong count harms less than events that are late by hours.
 */
const maxHeldMs = 600_000;

export interface PublishChangesInput {
  /** When to leave dependents to the reconciler, and reruns to the next delivery, in epoch milliseconds. */
  readonly relatedUntil: number;
  /** Which changes are delivered again after a failure: those that failed, or all from the first one that failed on. */
  readonly repeats: 'failed' | 'from-first-failed';
}

/**
 * Does everything that follows from changes of jobs: appends their events to the event log, publishes them and sends them to
 * webhooks, wakes the dependents of jobs that ended, records reruns, and counts jobs that ended and the jobs of groups. Returns the
 * positions of the changes for which any of this failed; the call is to be repeated with them. Reruns and groups that could not be
 * recorded within ten minutes after their change are only logged. A repetition changes nothing but the bus, where consumers drop
 * duplicates by `id`.
 */
export async function publishChanges(
  deps: PublishChangesDeps,
  changes: readonly JobChange[],
  { relatedUntil, repeats }: PublishChangesInput,
): Promise<readonly string[]> {
  const budget = { budgetEndsAt: relatedUntil };
  const [unpublished, unrecorded] = await Promise.all([
    logAndPublish(deps, changes),
    recordReruns(deps, changes, budget),
    wakeDependents(deps, changes, budget),
  ]);
  const now = deps.clock.now();
  const kept = changes.filter((change) => repeats === 'failed' || changedAt(change) > now - maxHeldMs);
  const keptOf = (positions: readonly string[]) =>
    positions.filter((position) => kept.some((change) => change.position === position));
  const failed = [...unpublished, ...keptOf(unrecorded)];
  // What is delivered again is counted later.
  const settled = (positions: readonly string[]) =>
    repeats === 'failed'
      ? changes.filter(({ position }) => !positions.includes(position))
      : changesBeforeFirst(changes, positions);
  const uncounted = await countJobs(deps, settled(failed));
  // Last, so that only a failure to count delivers changes again that a group has counted.
  const notInGroups = await countGroups(deps, settled([...failed, ...uncounted]));
  return [...new Set([...failed, ...uncounted, ...keptOf(notInGroups)])];
}
