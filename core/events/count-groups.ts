import { type Job, sequenceOf } from '../jobs/model/job.ts';
import type { CountedJob, GroupChange, GroupCounters, GroupKey } from '../ports/groups/group-counters.ts';
import type { Log } from '../ports/log.ts';
import { asError } from '../std/as-error.ts';
import { inParallel } from '../std/in-parallel.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import type { JobChange } from './publish-events.ts';

interface CountedChange {
  readonly position: string;
  readonly key: GroupKey;
  readonly change: GroupChange;
}

const parallel = 10;

/**
 * Counts the jobs of groups by state: moves each job of a batch of changes from its earlier state to its new one,
 * with one write per group, and returns the positions of the changes that could not be counted. A batch that is
 * delivered again is counted once.
 */
export async function countGroups(
  { groups, log }: { readonly groups: Pick<GroupCounters, 'count'>; readonly log: Log },
  changes: readonly JobChange[],
): Promise<readonly string[]> {
  const counted = changes.flatMap((change) => countedChangeOf(change) ?? []);
  const batches = Object.values(Object.groupBy(counted, ({ key }) => JSON.stringify(key)));
  const uncounted = await inParallel(batches, parallel, async (batch = []) => {
    const [first] = batch;
    if (first === undefined) return [];
    try {
      await groups.count(
        first.key,
        batch.map(({ change }) => change),
      );
      return [];
    } catch (cause) {
      log.warn('group-not-counted', { ...first.key, changes: batch.length, error: asError(cause) });
      return batch.map(({ position }) => position);
    }
  });
  return uncounted.flat();
}

/** The change of a job in a group, if it changed what the group counts. */
function countedChangeOf({ position, before, after, tombstone }: JobChange): CountedChange | undefined {
  const job = after ?? tombstone?.job ?? before;
  // An earlier release, which may write the job during a deployment, does not keep its group: the job leaves the group then.
  const group = before?.group ?? job?.group;
  if (job === undefined || group === undefined) return undefined;
  // A deletion is the last event of a job.
  const sequence = after === undefined ? sequenceOf(job) + 1 : sequenceOf(after);
  if (after !== undefined && before !== undefined && sequenceOf(before) === sequence) return undefined;
  if (after === undefined && before === undefined) return undefined;
  const { tenant, id, requestedAt } = job;
  const at = after?.updatedAt ?? tombstone?.deletedAt ?? job.updatedAt;
  const inGroup = (one: Job | undefined) => (one?.group === group ? countedJobOf(one) : undefined);
  const counts = { before: inGroup(before), after: inGroup(after) };
  return {
    position,
    key: { tenant, group },
    change: { id: `${id}/${sequence}`, ...omitUndefined(counts), requestedAt, at },
  };
}

function countedJobOf({ status, transitions, finishedAt, updatedAt, requestedAt }: Job): CountedJob {
  if (status !== 'succeeded') return { status, succeededMs: 0 };
  // Excludes time as a draft and waiting for dependencies.
  const queued = transitions.find((transition) => transition.status === 'pending');
  return { status, succeededMs: (finishedAt ?? updatedAt) - (queued?.at ?? requestedAt) };
}
