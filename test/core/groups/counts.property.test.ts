import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTerminal } from '../../../core/contract/job-state.ts';
import { countGroups } from '../../../core/events/count-groups.ts';
import { changesBeforeFirst } from '../../../core/events/count-jobs.ts';
import type { JobChange } from '../../../core/events/publish-events.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { tombstoneOf } from '../../../core/jobs/model/tombstone.ts';
import type { GroupCounters, GroupCounts } from '../../../core/ports/groups/group-counters.ts';
import { arbitraryJob } from '../../support/jobs/arbitrary-job.ts';
import { testDeps } from '../../support/jobs/test-deps.ts';
import { memoryGroupCounters } from '../../support/memory/groups/memory-group-counters.ts';

const { log } = testDeps();
const groupNames = ['red', '#', 'J#red'] as const;
const shards = 2;

/** The writes of a job, one for each or some of its transitions, and its deletion. */
function changesOf(job: Job, { skips, isDeleted }: { skips: readonly boolean[]; isDeleted: boolean }) {
  const written = job.transitions.flatMap((transition, index): Job[] => {
    const isLast = index === job.transitions.length - 1;
    if (!isLast && skips[index % skips.length] === true) return [];
    const state = { status: transition.status, updatedAt: transition.at, version: index + 1 };
    const { finishedAt: _, ...rest } = job;
    const finished = isTerminal(transition.status) ? { finishedAt: transition.at } : {};
    return [{ ...rest, ...state, ...finished, transitions: job.transitions.slice(0, index + 1) }];
  });
  const writes = written.map((after, index): JobChange => {
    const before = written[index - 1];
    return { position: `${job.id}/${index}`, after, ...(before === undefined ? {} : { before }) };
  });
  const last = written.at(-1);
  if (!isDeleted || last === undefined || !isTerminal(last.status)) return { writes, stored: last };
  const tombstone = tombstoneOf(last, { by: 'me', now: last.updatedAt + 5 });
  return { writes: [...writes, { position: `${job.id}/gone`, before: last, tombstone }], stored: undefined };
}

const population = fc.uniqueArray(
  fc.record({
    job: arbitraryJob({ tenant: 'local' }),
    group: fc.option(fc.constantFrom(...groupNames), { nil: undefined }),
    skips: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
    isDeleted: fc.boolean(),
    shard: fc.nat(shards - 1),
  }),
  { selector: ({ job }) => job.id, minLength: 1, maxLength: 12 },
);

/** What happens next: a shard delivers some changes, and its publisher may fail or end at some point. */
const step = fc.record({
  shard: fc.nat(shards - 1),
  size: fc.integer({ min: 1, max: 7 }),
  /** The publisher ends before it counts, in the middle of its groups, or before it acknowledges. */
  fate: fc.constantFrom(
    'acknowledged',
    'acknowledged',
    'ends-before',
    'ends-after',
    'throttled',
    'unpublished',
  ),
});

/** Counts anew all jobs that are stored. */
function recount(
  jobs: readonly Job[],
  group: string,
): Pick<GroupCounts, 'counts' | 'succeededMs'> | undefined {
  const members = jobs.filter((job) => job.group === group);
  if (members.length === 0) return undefined;
  const counts: Record<string, number> = {};
  let succeededMs = 0;
  for (const { status, transitions, finishedAt = 0, requestedAt } of members) {
    counts[status] = (counts[status] ?? 0) + 1;
    const queued = transitions.find((transition) => transition.status === 'pending');
    if (status === 'succeeded') succeededMs += finishedAt - (queued?.at ?? requestedAt);
  }
  return { counts, succeededMs };
}

/** Each shard has the changes of some jobs, those of each job in order, mixed with those of other jobs. */
function shardsOf(changes: ReadonlyArray<{ readonly shard: number; readonly writes: readonly JobChange[] }>) {
  return Array.from({ length: shards }, (_, shard) => {
    const lists = changes.filter((job) => job.shard === shard).map(({ writes }) => [...writes]);
    const mixed: JobChange[] = [];
    while (lists.some((list) => list.length > 0))
      for (const list of lists) mixed.push(...list.splice(0, 1 + (mixed.length % 3)));
    return mixed;
  });
}

/** Counters that fail for one group, as when its partition is throttled. */
function throttling(groups: GroupCounters, group: string): Pick<GroupCounters, 'count'> {
  return {
    count: async (key, changes) => {
      if (key.group === group) throw new Error('throttled');
      await groups.count(key, changes);
    },
  };
}

/** Delivers a batch from the start of the changes that are left, and returns how many are acknowledged. */
async function deliver(
  groups: GroupCounters,
  left: readonly JobChange[],
  { size, fate }: { readonly size: number; readonly fate: string },
): Promise<number> {
  const batch = left.slice(0, size);
  if (fate === 'ends-before') return 0;
  const unpublished = fate === 'unpublished' ? batch.slice(-1).map(({ position }) => position) : [];
  const published = changesBeforeFirst(batch, unpublished);
  const counters = fate === 'throttled' ? throttling(groups, 'red') : groups;
  const uncounted = await countGroups({ groups: counters, log }, published);
  if (fate === 'ends-after') return 0;
  return changesBeforeFirst(published, uncounted).length;
}

test('a group counts exactly its stored jobs, whatever is delivered again and in whatever order of the shards', async () => {
  const property = fc.asyncProperty(population, fc.array(step, { maxLength: 40 }), async (jobs, steps) => {
    const groups = memoryGroupCounters();
    const all = jobs.map(({ job: { group: _, ...job }, group, shard, ...how }) => ({
      shard,
      ...changesOf(group === undefined ? job : { ...job, group }, how),
    }));
    const left = shardsOf(all);
    const rest = left.map((_, shard) => ({ shard, size: Number.POSITIVE_INFINITY, fate: 'acknowledged' }));
    for (const { shard, ...delivery } of [...steps, ...rest]) {
      const changes = left[shard] ?? [];
      changes.splice(0, await deliver(groups, changes, delivery));
    }
    const stored = all.flatMap((job) => job.stored ?? []);
    for (const group of groupNames) {
      const { counts, succeededMs } = (await groups.get({ tenant: 'local', group })) ?? {};
      expect(counts && { counts, succeededMs }).toEqual(recount(stored, group));
    }
  });
  await fc.assert(property, { numRuns: 300 });
});
