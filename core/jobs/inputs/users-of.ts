import { isUnstarted } from '../../contract/job-state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobLink, JobLinks } from '../../ports/job-links.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Job, JobInputs } from '../model/job.ts';
import { distinctIds, idsOf } from '../records/job-inputs.ts';
import { creatingIdsOf } from '../relations/creating-ids.ts';
import { linkPages } from '../relations/link-pages.ts';
import { mayStillBeCreated } from '../relations/may-still-be-created.ts';

export interface UsersDeps {
  readonly jobs: Pick<JobStore, 'getMany' | 'tombstone'>;
  readonly links: Pick<JobLinks, 'list'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * IDs of the jobs that use a data object as input, page by page in the order of their creation, with the jobs that may be about to
 * use it: missing jobs that may still be created, and drafts that may be in the middle of an edit. A job whose deletion was
 * accepted will not survive, so it does not count. Strongly consistent.
 */
export async function* usersOf(
  deps: UsersDeps,
  { tenant, id: dataId }: { readonly tenant: string; readonly id: string },
): AsyncGenerator<readonly string[], void> {
  for await (const links of linkPages(deps.links, { tenant, kind: 'use', anchorId: dataId })) {
    const ids = links.map(({ jobId }) => jobId);
    const found = new Map((await deps.jobs.getMany(tenant, ids)).map((job) => [job.id, job]));
    const missing = links.filter(({ jobId }) => !found.has(jobId));
    const creating = new Set(await creatingIdsOf(deps, missing));
    const isUser = (link: JobLink) => {
      const job = found.get(link.jobId);
      return job === undefined ? creating.has(link.jobId) : mayUse(job, link, deps.clock.now());
    };
    const users = links.filter(isUser).map(({ jobId }) => jobId);
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

/**
 * Whether a stored job uses a data object; strongly consistent. False while the object has links only to jobs that may be about to
 * use it: then `usersOf` lists these.
 */
export async function hasUser(
  deps: Pick<UsersDeps, 'jobs' | 'links'>,
  { tenant, id: dataId }: { readonly tenant: string; readonly id: string },
): Promise<boolean> {
  for await (const links of linkPages(deps.links, { tenant, kind: 'use', anchorId: dataId })) {
    const jobs = await deps.jobs.getMany(
      tenant,
      links.map(({ jobId }) => jobId),
    );
    if (jobs.some((job) => doesUse(job, dataId))) return true;
  }
  return false;
}

/** An edit of a draft that was interrupted, or that is in progress, leaves the link of an input that the draft does not have. */
function mayUse(job: Job, link: JobLink, now: number): boolean {
  if (doesUse(job, link.anchorId)) return true;
  return job.cascade?.accepted !== true && isUnstarted(job.status) && mayStillBeCreated(link, now);
}

/** Whether a job uses a data object that has a link to it. A list of inputs that is not on the record is not read: the link counts. */
function doesUse({ inputs, cascade }: Job, dataId: string): boolean {
  if (cascade?.accepted === true) return false;
  if (inputs?.kind === 'object') return true;
  const used: JobInputs = inputs === undefined ? {} : (JSON.parse(inputs.json) as JobInputs); // we stored JSON text
  return distinctIds(idsOf(used)).includes(dataId);
}
