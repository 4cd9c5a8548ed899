import { isTerminal } from '../contract/job-state.ts';
import { dayOf } from '../jobs/queries/day.ts';
import { durationOf } from '../jobs/queries/stats/stats-row.ts';
import type { CounterKey, EndedStatus, JobCounters, JobEnd } from '../ports/job-counters.ts';
import type { Log } from '../ports/log.ts';
import { asError } from '../std/as-error.ts';
import type { JobChange } from './publish-events.ts';

interface CountedChange {
  readonly position: string;
  readonly key: CounterKey;
  readonly end: JobEnd;
}

/**
 * Counts the jobs that ended in a batch of changes, with one write per counter, and returns the positions of
 * the changes that could not be counted. A batch that is delivered again is counted once.
 */
export async function countJobs(
  { counters, log }: { readonly counters: JobCounters; readonly log: Log },
  changes: readonly JobChange[],
): Promise<readonly string[]> {
  const ended = changes.flatMap((change) => countedEndOf(change) ?? []);
  const groups = Object.values(Object.groupBy(ended, ({ key }) => JSON.stringify(key)));
  const uncounted = await Promise.all(
    groups.map(async (group = []) => {
      const [first] = group;
      if (first === undefined) return [];
      try {
        await counters.count(
          first.key,
          group.map(({ end }) => end),
        );
        return [];
      } catch (cause) {
        const error = asError(cause);
        log.warn('jobs-not-counted', { ...first.key, jobs: group.length, error });
        return group.map(({ position }) => position);
      }
    }),
  );
  return uncounted.flat();
}

/** The changes before the first one at any of these positions. */
export function changesBeforeFirst(
  changes: readonly JobChange[],
  positions: readonly string[],
): readonly JobChange[] {
  const first = changes.findIndex(({ position }) => positions.includes(position));
  return first === -1 ? changes : changes.slice(0, first);
}

/** The end of a job if this change is its end. */
function countedEndOf({ position, before, after }: JobChange): CountedChange | undefined {
  if (after === undefined || !isTerminal(after.status)) return undefined;
  if (before !== undefined && isTerminal(before.status)) return undefined;
  const { tenant, service, id: jobId } = after;
  return {
    position,
    key: { tenant, service: service?.name ?? '', day: dayOf(jobId) },
    end: {
      jobId,
      status: after.status as EndedStatus, // the states that are terminal
      durationMs: durationOf(after),
    },
  };
}
