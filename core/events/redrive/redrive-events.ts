import type { KeptBatch, ListedBatch, UnpublishedChanges } from '../../ports/events/unpublished-changes.ts';
import { asError } from '../../std/as-error.ts';
import { inParallel } from '../../std/in-parallel.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { type PublishChangesDeps, publishChanges } from '../publish-changes.ts';
import { changedAt, type JobChange } from '../publish-events.ts';
import { tailsWithLogged } from './logged-before.ts';

export interface RedriveEventsDeps extends PublishChangesDeps {
  readonly unpublished: UnpublishedChanges;
}

export interface RedriveEventsInput {
  /** Maximum number of batches, 1 to 500; those of the last group are all taken. */
  readonly limit: number;
  /** Continues after this batch. */
  readonly after?: string;
  /** Whether to read the batches without publishing them. */
  readonly isDryRun: boolean;
  /** When to stop, in epoch milliseconds; changes that are being published are finished. */
  readonly budgetEndsAt: number;
}

/** What became of the batches of a call. */
export interface RedriveCounts {
  /** Batches that were read. */
  readonly found: number;
  /** Batches that were published completely and removed. */
  readonly published: number;
  /** Batches that could not be read from the store, or of which something could not be published; that is kept. */
  readonly failed: number;
  /** Batches with parts that this release cannot interpret; these parts are kept. */
  readonly unreadable: number;
}

export interface RedriveOutcome extends RedriveCounts {
  /** Batches that are kept after the call; at most 10,000 are counted. */
  readonly remaining: number;
  /** True if no batch follows on those of this call. */
  readonly isComplete: boolean;
  /** Where the next call continues; absent if it starts at the beginning. */
  readonly next?: string;
}

const maxListed = 1000;
const maxCounted = 10_000;
/** The content of the batches that are in memory at the same time. */
const maxGroupBytes = 6_000_000;
/** As many as the publisher gets from the stream. */
const maxChanges = 100;
const parallelReads = 8;
const relatedMs = 5000;

const nothing: RedriveCounts = { found: 0, published: 0, failed: 0, unreadable: 0 };

/**
 * Publishes changes that the publisher gave up, in the same way as the publisher, and removes what was published. The changes of a job
 * are published in order: after a failure, its later changes are kept too. Calls at the same time, and calls that are repeated after a
 * crash, publish some events twice, with the same `id`; an event that is known to be in the event log is not appended again.
 */
export async function redriveEvents(
  deps: RedriveEventsDeps,
  input: RedriveEventsInput,
): Promise<RedriveOutcome> {
  const listed = await deps.unpublished.list({ ...omitUndefined({ after: input.after }), limit: maxListed });
  const failedJobs = new Set<string>();
  let counts = nothing;
  let next = input.after;
  for (const group of groupsOf(listed)) {
    if (counts.found >= input.limit || (counts.found > 0 && deps.clock.now() >= input.budgetEndsAt)) break;
    const outcome = await redriveGroup(deps, group, { ...input, failedJobs });
    counts = sumOf(counts, outcome.counts);
    if (!outcome.isFinished) break;
    next = group.at(-1)?.name;
  }
  const isComplete = listed.length < maxListed && next === (listed.at(-1)?.name ?? input.after);
  return {
    ...counts,
    remaining: await countRemaining(deps.unpublished),
    isComplete,
    ...(isComplete ? {} : omitUndefined({ next })),
  };
}

/** The groups of a list, in order; a large one in parts. */
function groupsOf(listed: readonly ListedBatch[]): ReadonlyArray<readonly ListedBatch[]> {
  const groups: ListedBatch[][] = [];
  let bytes = 0;
  for (const batch of listed) {
    const last = groups.at(-1);
    bytes += batch.sizeBytes;
    if (last?.[0]?.group === batch.group && bytes <= maxGroupBytes) last.push(batch);
    else {
      groups.push([batch]);
      bytes = batch.sizeBytes;
    }
  }
  return groups;
}

function sumOf(left: RedriveCounts, right: RedriveCounts): RedriveCounts {
  return {
    found: left.found + right.found,
    published: left.published + right.published,
    failed: left.failed + right.failed,
    unreadable: left.unreadable + right.unreadable,
  };
}

interface GroupInput extends Pick<RedriveEventsInput, 'isDryRun' | 'budgetEndsAt'> {
  /** Jobs with a change that failed in this call. */
  readonly failedJobs: Set<string>;
}

interface GroupOutcome {
  readonly counts: RedriveCounts;
  /** False if the time ended before all changes were tried. */
  readonly isFinished: boolean;
}

async function redriveGroup(
  deps: RedriveEventsDeps,
  group: readonly ListedBatch[],
  input: GroupInput,
): Promise<GroupOutcome> {
  const read = await inParallel(group, parallelReads, ({ name }) => readBatch(deps, name));
  const batches = read.filter((batch) => batch !== undefined && batch !== 'failed');
  const unread = read.filter((batch) => batch === 'failed').length;
  const unreadable = batches.filter((batch) => batch.unreadable.length > 0).length;
  const counts = { found: batches.length + unread, published: 0, failed: unread, unreadable };
  if (input.isDryRun) return { counts, isFinished: true };
  const tried = await publishInOrder(deps, batches, input);
  const ends = await inParallel(batches, parallelReads, (batch) => removePublished(deps, batch, tried));
  return {
    counts: {
      ...counts,
      published: ends.filter((end) => end === 'removed').length,
      failed: unread + ends.filter((end) => end === 'failed').length,
    },
    isFinished: tried.isFinished,
  };
}

async function readBatch(
  { unpublished, log }: RedriveEventsDeps,
  name: string,
): Promise<KeptBatch | 'failed' | undefined> {
  try {
    const batch = await unpublished.read(name);
    for (const reason of batch?.unreadable ?? []) log.warn('unpublished-unreadable', { name, reason });
    return batch;
  } catch (error) {
    log.warn('unpublished-not-read', { name, error: asError(error) });
    return 'failed';
  }
}

/** Changes that were published, and those that failed; neither if their turn has not come. */
interface TriedChanges {
  readonly published: ReadonlySet<JobChange>;
  readonly failed: ReadonlySet<JobChange>;
  readonly isFinished: boolean;
}

async function publishInOrder(
  deps: RedriveEventsDeps,
  batches: readonly KeptBatch[],
  { budgetEndsAt, failedJobs }: GroupInput,
): Promise<TriedChanges> {
  const ordered = batches.flatMap(({ changes }) => changes).toSorted(byTime);
  const published = new Set<JobChange>();
  const failed = new Set<JobChange>();
  for (let from = 0; from < ordered.length; from += maxChanges) {
    if (from > 0 && deps.clock.now() >= budgetEndsAt) return { published, failed, isFinished: false };
    const changes = ordered.slice(from, from + maxChanges);
    const unpublished = await publishAll(
      deps,
      changes.filter((change) => !failedJobs.has(jobOf(change))),
    );
    for (const change of changes)
      if (unpublished.has(change) || failedJobs.has(jobOf(change))) {
        failed.add(change);
        failedJobs.add(jobOf(change));
      } else published.add(change);
  }
  return { published, failed, isFinished: true };
}

async function publishAll(
  deps: RedriveEventsDeps,
  changes: readonly JobChange[],
): Promise<ReadonlySet<JobChange>> {
  // The positions of several shards may be equal.
  const numbered = changes.map((change, index) => ({ ...change, position: String(index) }));
  try {
    const isLogged = deps.settings.eventLogDays > 0;
    const tails = isLogged ? await tailsWithLogged(deps, numbered) : deps.tails;
    const failed = await publishChanges({ ...deps, tails }, numbered, {
      relatedUntil: deps.clock.now() + relatedMs,
      repeats: 'failed',
    });
    return new Set(failed.flatMap((position) => changes[Number(position)] ?? []));
  } catch (error) {
    deps.log.warn('unpublished-not-published', { changes: changes.length, error: asError(error) });
    return new Set(changes);
  }
}

/** The times and the versions of a job never decrease. */
function byTime(left: JobChange, right: JobChange): number {
  return changedAt(left) - changedAt(right) || versionOf(left) - versionOf(right);
}

function versionOf({ before, after, tombstone }: JobChange): number {
  return tombstone === undefined ? ((after ?? before)?.version ?? 0) : Number.MAX_SAFE_INTEGER;
}

function jobOf({ before, after, tombstone }: JobChange): string {
  const { tenant, id } = tombstone?.job ?? after ?? before ?? { tenant: '', id: '' };
  return `${tenant}/${id}`;
}

/** `removed` if nothing of the batch is left; `kept` if the rest is unreadable, or if its turn has not come. */
async function removePublished(
  { unpublished, log }: RedriveEventsDeps,
  batch: KeptBatch,
  { published, failed }: TriedChanges,
): Promise<'removed' | 'failed' | 'kept'> {
  const { name, changes, unreadable } = batch;
  const positions = changes.filter((change) => published.has(change)).map(({ position }) => position);
  const isDone = positions.length === changes.length && unreadable.length === 0;
  try {
    if (positions.length > 0 || isDone) await unpublished.remove(batch, positions);
  } catch (error) {
    log.warn('unpublished-not-removed', { name, error: asError(error) });
    return 'failed';
  }
  if (isDone) return 'removed';
  return changes.some((change) => failed.has(change)) ? 'failed' : 'kept';
}

async function countRemaining(unpublished: UnpublishedChanges): Promise<number> {
  let count = 0;
  let after: string | undefined;
  do {
    const listed = await unpublished.list({ ...omitUndefined({ after }), limit: maxListed });
    count += listed.length;
    after = listed.length < maxListed ? undefined : listed.at(-1)?.name;
  } while (after !== undefined && count < maxCounted);
  return count;
}
