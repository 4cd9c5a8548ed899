import { isTerminal } from '../../contract/job-state.ts';
import type { JobKey } from '../../ports/job-store.ts';
import { draftLifetimeMilliseconds } from '../begin-job.ts';
import { inParallel } from '../in-parallel.ts';
import type { Cascade, Job } from '../job.ts';
import { touchJob } from '../move-job.ts';
import { objectPrefix } from '../stored-json.ts';
import { tombstoneOf } from '../tombstone.ts';
import { type Decision, updateJob } from '../update-job.ts';
import { linkPages } from './link-pages.ts';
import { maxTold, waitingFor } from './plan-removal.ts';
import { type Blocked, isDeletable, linkedJobs, type RemovalDeps } from './removal.ts';

/** What is to be deleted, and how far. */
export interface RemovalOrder {
  readonly by: string;
  /** False: a sub-job stands in the way of its parent. */
  readonly withChildren: boolean;
  /** When to leave the rest to the sweep, in milliseconds since 1970. */
  readonly deadline: number;
  /** Tells whether the record is the one that its caller meant; throws when it is not. Only for the first job. */
  readonly check?: (job: Job) => void;
}

/** `open`: the sweep goes on with it. */
export type Removal = 'removed' | 'open' | Blocked;

/** Milliseconds until the sweep goes on with a deletion that nobody finished. */
const lookMilliseconds = 10_000;

const maxTries = 10;
const parallel = 10;

/**
 * Deletes a job after its sub-jobs, and all that is kept for it. Each job is marked first: from then on nothing new is
 * related to it, and the mark brings the sweep if this dies. What stands in the way takes the mark off again.
 */
export async function removeTree(deps: RemovalDeps, key: JobKey, order: RemovalOrder): Promise<Removal> {
  const marked = await updateJob(deps.jobs, key, (job) => mark(job, order, deps.clock.now()));
  if (marked === undefined) return 'removed';
  if ('blocked' in marked) return unmark(deps, key, marked);
  const obstacle = await waitingFor(deps, marked);
  if (obstacle !== undefined) return unmark(deps, key, obstacle);
  const children = await removeChildren(deps, marked, order);
  if (children === 'open') return 'open';
  if (children !== 'removed') return unmark(deps, key, children);
  await deps.objects.removeAll(objectPrefix(key));
  return bury(deps, marked, order);
}

function mark(
  job: Job | undefined,
  { by, withChildren, check }: RemovalOrder,
  now: number,
): Decision<Job | Blocked | undefined> {
  if (job === undefined) return { answer: undefined };
  check?.(job);
  if (!isDeletable(job)) return { answer: { blocked: 'running', jobIds: [job.id] } };
  const begun = job.cascade;
  // The sweep goes on with the most that was asked for.
  if (begun !== undefined && (begun.withChildren === true || !withChildren)) return { answer: job };
  const cascade: Cascade = {
    ...(begun ?? { kind: 'delete', by, requestedAt: now }),
    ...(withChildren ? { withChildren } : {}),
  };
  const next = touchJob(job, now, { cascade, dueAt: now + lookMilliseconds });
  return { next, answer: next };
}

/** Gives a deletion up: the job is what it was before. */
async function unmark(deps: RemovalDeps, key: JobKey, blocked: Blocked): Promise<Blocked> {
  const now = deps.clock.now();
  await updateJob(deps.jobs, key, (job) => {
    if (job?.cascade?.kind !== 'delete') return { answer: undefined };
    // Somebody has asked for the sub-jobs too since then: they are in nobody's way.
    if (blocked.blocked === 'children' && job.cascade.withChildren === true) return { answer: undefined };
    const { cascade: _, dueAt, ...rest } = job;
    const wasDraft = job.draft !== undefined;
    const due = wasDraft ? { dueAt: now + draftLifetimeMilliseconds } : dueAt === undefined ? {} : { dueAt };
    return { next: touchJob(rest, now, isTerminal(job.status) ? {} : due), answer: undefined };
  });
  return blocked;
}

async function removeChildren(deps: RemovalDeps, parent: Job, order: RemovalOrder): Promise<Removal> {
  let open = false;
  for await (const { jobs, coming } of linkedJobs(deps, parent, 'child')) {
    const ids = [...jobs.map(({ id }) => id), ...coming];
    if (!order.withChildren && ids.length > 0) return { blocked: 'children', jobIds: ids.slice(0, maxTold) };
    if (coming.length > 0) open = true;
    for (const child of jobs) {
      if (deps.clock.now() >= order.deadline) return 'open';
      const { check: _, ...below } = order;
      const removal = await removeTree(deps, { tenant: child.tenant, jobId: child.id }, below);
      if (removal === 'open') open = true;
      else if (removal !== 'removed') return removal;
    }
  }
  return open ? 'open' : 'removed';
}

/** Its links go last, since a job that is there has all of its links; those that stay lead to nothing. */
async function bury(deps: RemovalDeps, marked: Job, { by, deadline }: RemovalOrder): Promise<Removal> {
  let job: Job | undefined = marked;
  for (let tried = 0; tried < maxTries && job !== undefined; tried += 1) {
    if (!isDeletable(job)) {
      return unmark(deps, { tenant: job.tenant, jobId: job.id }, { blocked: 'running', jobIds: [job.id] });
    }
    const tombstone = tombstoneOf(job, { by, now: deps.clock.now() });
    if ((await deps.jobs.bury(tombstone, job.version)) === 'buried') {
      await removeLinks(deps, job, deadline);
      return 'removed';
    }
    job = await deps.jobs.get({ tenant: job.tenant, jobId: job.id });
  }
  return job === undefined ? 'removed' : 'open';
}

async function removeLinks({ links, clock }: RemovalDeps, job: Job, deadline: number): Promise<void> {
  const { tenant, id, parentId, dependsOn = [], hasChildren, hasDependents } = job;
  if (parentId !== undefined) await links.remove({ tenant, kind: 'child', of: parentId, jobId: id });
  for (const of of dependsOn) await links.remove({ tenant, kind: 'dependent', of, jobId: id });
  const kinds = [
    ...(hasChildren === true ? (['child'] as const) : []),
    ...(hasDependents === true ? (['dependent'] as const) : []),
  ];
  for (const kind of kinds) {
    for await (const page of linkPages(links, { tenant, kind, of: id })) {
      if (clock.now() >= deadline) return;
      await inParallel(page, parallel, (link) => links.remove(link));
    }
  }
}
