import type { Clock } from '../../ports/clock.ts';
import type { JobLinks } from '../../ports/job-links.ts';
import type { JobStore } from '../../ports/job-store.ts';
import { inParallel } from '../../std/in-parallel.ts';
import { linkPages } from '../relations/link-pages.ts';
import { mayStillBeCreated } from '../relations/may-still-be-created.ts';

export interface UsersDeps {
  readonly jobs: Pick<JobStore, 'getMany' | 'tombstone'>;
  readonly links: Pick<JobLinks, 'list'>;
  readonly clock: Pick<Clock, 'now'>;
}

const parallel = 10;

/**
 * IDs of the jobs that use a data object as input, page by page in the order of their creation, with the jobs that may still be
 * created. A job whose deletion was accepted will not survive, so it does not count. Strongly consistent.
 */
export async function* usersOf(
  deps: UsersDeps,
  { tenant, id }: { readonly tenant: string; readonly id: string },
): AsyncGenerator<readonly string[], void> {
  for await (const links of linkPages(deps.links, { tenant, kind: 'use', anchorId: id })) {
    const ids = links.map(({ jobId }) => jobId);
    const jobs = await deps.jobs.getMany(tenant, ids);
    const existing = new Set(jobs.map((job) => job.id));
    const surviving = new Set(jobs.filter((job) => job.cascade?.accepted !== true).map((job) => job.id));
    const now = deps.clock.now();
    const recent = links.filter((link) => !existing.has(link.jobId) && mayStillBeCreated(link, now));
    const deleted = await inParallel(recent, parallel, (link) => deps.jobs.tombstone(link));
    const creating = new Set(
      recent.flatMap(({ jobId }, index) => (deleted[index] === undefined ? [jobId] : [])),
    );
    const users = ids.filter((jobId) => surviving.has(jobId) || creating.has(jobId));
    if (users.length > 0) yield users;
  }
}

/** The first users of a data object, at most `limit`. */
export async function firstUsersOf(
  deps: UsersDeps,
  data: { readonly tenant: string; readonly id: string },
  limit: number,
): Promise<readonly string[]> {
  const users: string[] = [];
  for await (const page of usersOf(deps, data)) {
    users.push(...page);
    if (users.length >= limit) break;
  }
  return users.slice(0, limit);
}
