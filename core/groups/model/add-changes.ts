import { isTerminal, isUnstarted, type JobStatus, jobStatuses } from '../../contract/job-state.ts';
import type {
  CountedJob,
  GroupChange,
  GroupCounts,
  GroupKey,
  GroupRun,
} from '../../ports/groups/group-counters.ts';
import { digest } from '../../std/digest.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';

/** The counts of a group with the changes that it has counted most recently, so that none is counted twice. */
export interface RememberingGroup extends GroupCounts {
  /** Digests of these changes, `recentDigestLength` characters each, the newest last. */
  readonly recent: readonly string[];
  /** How many of them each of the last `maxRecentWrites` writes counted, the newest last. */
  readonly recentWrites: readonly number[];
}

/** 48 bits: of 100 billion changes, about one is wrongly left out if a group remembers 2,000 changes. */
export const recentDigestLength = 8;
/** The changes of this number of writes are remembered. */
export const maxRecentWrites = 20;
/** At least this number of changes is remembered: those of a whole batch of the table's stream. */
export const minRecent = 100;
/** At most this number of changes is remembered: those of as many whole batches. */
export const maxRecent = 2000;

/** From this number of endings on, the older half of a run is forgotten, so that its rate is a recent one. */
const maxRunEndings = 2000;

/** A group without jobs. */
export function newGroup({ tenant, group }: GroupKey): RememberingGroup {
  return {
    tenant,
    group,
    counts: {},
    succeededMs: 0,
    firstRequestedAt: 0,
    lastUpdatedAt: 0,
    recent: [],
    recentWrites: [],
  };
}

/** Whether the group counts no job in any state. */
export function isEmpty({ counts }: GroupCounts): boolean {
  return jobStatuses.every((status) => (counts[status] ?? 0) === 0);
}

/** The number of jobs that were started and have not ended. */
export function activeJobs({ counts }: Pick<GroupCounts, 'counts'>): number {
  return jobStatuses
    .filter((status) => !isTerminal(status) && !isUnstarted(status))
    .reduce((sum, status) => sum + (counts[status] ?? 0), 0);
}

/** Adds changes to a group; undefined if it has counted all of them before. */
export function addChanges(
  group: RememberingGroup,
  changes: readonly GroupChange[],
): RememberingGroup | undefined {
  const counted = new Set(group.recent);
  const newChanges = new Map(
    changes
      .map((change) => [digest(change.id).slice(0, recentDigestLength), change] as const)
      .filter(([key]) => !counted.has(key)),
  );
  if (newChanges.size === 0) return undefined;
  const sum = [...newChanges.values()].reduce<GroupCounts>(addChange, group);
  const recentWrites = [...group.recentWrites, newChanges.size].slice(-maxRecentWrites);
  const ofWrites = recentWrites.reduce((all, count) => all + count, 0);
  const remembered = Math.max(minRecent, newChanges.size, Math.min(ofWrites, maxRecent));
  const recent = [...group.recent, ...newChanges.keys()].slice(-remembered);
  return { ...sum, recent, recentWrites };
}

function addChange(group: GroupCounts, change: GroupChange): GroupCounts {
  const { before, after, requestedAt, at } = change;
  const counts = countsAfter(group, change);
  const wasEmpty = isEmpty(group);
  return {
    ...group,
    counts,
    succeededMs: group.succeededMs + (after?.succeededMs ?? 0) - (before?.succeededMs ?? 0),
    firstRequestedAt: wasEmpty ? requestedAt : Math.min(group.firstRequestedAt, requestedAt),
    lastUpdatedAt: wasEmpty ? at : Math.max(group.lastUpdatedAt, at),
    ...omitUndefined({ run: runAfter(group, { ...change, isActive: activeJobs({ counts }) > 0 }) }),
  };
}

function countsAfter({ counts }: GroupCounts, { before, after }: GroupChange): GroupCounts['counts'] {
  const add = (status: JobStatus) => Number(status === after?.status) - Number(status === before?.status);
  const entries = jobStatuses.map((status) => [status, (counts[status] ?? 0) + add(status)] as const);
  return Object.fromEntries(entries.filter(([, count]) => count !== 0));
}

function runAfter(
  group: GroupCounts,
  { before, after, at, isActive }: GroupChange & { readonly isActive: boolean },
): GroupRun | undefined {
  if (activeJobs(group) <= 0) return isActive ? { since: at, ended: 0 } : group.run;
  if (group.run === undefined || !isEnd(before, after)) return group.run;
  const { since } = group.run;
  const ended = group.run.ended + 1;
  if (ended < maxRunEndings) return { since, ended };
  return { since: since + Math.floor((Math.max(at, since) - since) / 2), ended: ended / 2 };
}

/** Whether a job ended that ran: neither an aborted draft nor a job that was created with the result of another one. */
function isEnd(before: CountedJob | undefined, after: CountedJob | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  return isTerminal(after.status) && !isTerminal(before.status) && !isUnstarted(before.status);
}
