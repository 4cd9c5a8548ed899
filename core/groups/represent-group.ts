import { jobStatuses } from '../contract/job-state.ts';
import type { GroupRepresentation } from '../contract/schemas/job-list-schemas.ts';
import { formatTime } from '../jobs/queries/represent-job.ts';
import type { GroupCounts } from '../ports/groups/group-counters.ts';
import { activeJobs } from './model/add-changes.ts';

/** The last time that RFC 3339 can express, in epoch milliseconds. */
const lastTime = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** A group with its counts; `baseUrl` without a trailing slash, `now` in epoch milliseconds. */
export function representGroup(
  group: GroupCounts,
  { baseUrl, now }: { readonly baseUrl: string; readonly now: number },
): GroupRepresentation {
  const byStatus = presentCounts(group);
  const succeeded = byStatus['succeeded'] ?? 0;
  const expectedEndAt = expectedEnd(group, now);
  return {
    name: group.group,
    total: Object.values(byStatus).reduce((sum, count) => sum + count, 0),
    byStatus,
    firstRequestedAt: formatTime(group.firstRequestedAt),
    lastUpdatedAt: formatTime(group.lastUpdatedAt),
    ...(succeeded === 0 ? {} : { typicalSeconds: Math.round(group.succeededMs / succeeded) / 1000 }),
    ...(expectedEndAt === undefined ? {} : { expectedEndAt: formatTime(expectedEndAt) }),
    links: {
      self: groupUrl(group.group, baseUrl),
      jobs: `${baseUrl}/v1/jobs?group=${encodeURIComponent(group.group)}`,
    },
  };
}

/** URL of a group; `baseUrl` without a trailing slash. */
function groupUrl(name: string, baseUrl: string): string {
  return `${baseUrl}/v1/groups/${encodeURIComponent(name)}`;
}

/** In the order of the state table. A count below 0, of a job whose earlier change was not counted yet, is left out. */
function presentCounts({ counts }: GroupCounts): Record<string, number> {
  return Object.fromEntries(
    jobStatuses.flatMap((status) => {
      const count = counts[status] ?? 0;
      return count > 0 ? [[status, count] as const] : [];
    }),
  );
}

/**
 * When all started jobs will have ended if they keep ending at the rate of the current run: the number of these
 * jobs, times the mean time between two ends since the run started. Undefined before the first end, if no started
 * job is left, and if the time is beyond the year 9999.
 */
export function expectedEnd(group: Pick<GroupCounts, 'counts' | 'run'>, now: number): number | undefined {
  const { run } = group;
  const remaining = activeJobs(group);
  if (run === undefined || run.ended === 0 || remaining <= 0) return undefined;
  const at = now + Math.ceil((Math.max(0, now - run.since) / run.ended) * remaining);
  return at > lastTime ? undefined : at;
}
