import { isTerminal } from '../../contract/job-state.ts';
import { jobUrn } from '../../contract/names.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobLinks } from '../../ports/job-links.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import { inParallel } from '../in-parallel.ts';
import type { Job } from '../job.ts';
import { touchJob } from '../move-job.ts';
import { type Decision, updateJob } from '../update-job.ts';
import { linkPages } from './link-pages.ts';
import { mayStillCome } from './may-still-come.ts';

export interface AbortChildrenDeps {
  readonly jobs: Pick<JobStore, 'get' | 'getMany' | 'replace'>;
  readonly links: Pick<JobLinks, 'list'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Asks one sub-job to end, and answers it as it is then. */
  readonly abort: (child: Job) => Promise<Job>;
}

/** What one look at all the sub-jobs of a job came to. */
interface Round {
  /** How many were asked to end because of their parent, in this round and in those before. */
  readonly asked: number;
  /** False when some have to be looked at again. */
  readonly complete: boolean;
  /** Those asked in this round that have sub-jobs of their own. */
  readonly parents: readonly Job[];
}

const parallel = 10;

/**
 * Asks the sub-jobs of an aborted job to end, and theirs, until the deadline (milliseconds since 1970). Whatever is left
 * then is on the records: each job keeps its `cascade` and its `dueAt` until all of its sub-jobs were asked, so the sweep
 * goes on where this stopped or died.
 */
export async function abortChildren(deps: AbortChildrenDeps, root: Job, deadline: number): Promise<void> {
  const parents = [root];
  for (const parent of parents) {
    const round = await askChildren(deps, parent, deadline);
    await updateJob(deps.jobs, keyOf(parent), (job) => noteRound(job, round, deps.clock.now()));
    if (deps.clock.now() >= deadline) return;
    parents.push(...round.parents);
  }
}

function keyOf({ tenant, id: jobId }: Job): JobKey {
  return { tenant, jobId };
}

async function askChildren(deps: AbortChildrenDeps, parent: Job, deadline: number): Promise<Round> {
  let [asked, complete] = [0, true];
  const parents: Job[] = [];
  for await (const links of linkPages(deps.links, { tenant: parent.tenant, kind: 'child', of: parent.id })) {
    // The rest is not even read: there may be more than one call has time for.
    if (deps.clock.now() >= deadline) return { asked, complete: false, parents };
    const jobs = await deps.jobs.getMany(
      parent.tenant,
      links.map(({ jobId }) => jobId),
    );
    const found = new Set(jobs.map(({ id }) => id));
    if (links.some((link) => !found.has(link.jobId) && mayStillCome(link, deps.clock.now())))
      complete = false;
    const children = await inParallel(jobs, parallel, (child) => askChild(deps, child, deadline));
    if (children.includes(undefined)) complete = false;
    const those = children.filter((child) => child?.abort?.by === jobUrn(parent.id));
    asked += those.length;
    parents.push(...those.flatMap((child) => (child?.cascade === undefined ? [] : [child])));
  }
  return { asked, complete, parents };
}

/** The sub-job when nothing is left to ask of it; undefined when it has to be looked at again. */
async function askChild(deps: AbortChildrenDeps, child: Job, deadline: number): Promise<Job | undefined> {
  if (isTerminal(child.status) || child.status === 'aborting') return child;
  if (deps.clock.now() >= deadline) return undefined;
  try {
    return await deps.abort(child);
  } catch (error) {
    const about = { jobId: child.id, error: error instanceof Error ? error : new Error(String(error)) };
    deps.log.warn('abort-child-failed', about);
    return undefined;
  }
}

function noteRound(job: Job | undefined, { asked, complete }: Round, now: number): Decision<void> {
  if (job?.cascade?.kind !== 'abort-children') return { answer: undefined };
  // A round that ended early has seen fewer than one before it.
  const childrenAborted = Math.max(asked, job.abort?.childrenAborted ?? 0);
  const abort = job.abort === undefined ? {} : { abort: { ...job.abort, childrenAborted } };
  if (complete) {
    const { cascade: _, dueAt, ...rest } = job;
    const due = isTerminal(job.status) || dueAt === undefined ? {} : { dueAt };
    return { next: touchJob({ ...rest, ...due }, now, abort), answer: undefined };
  }
  if (job.abort === undefined || job.abort.childrenAborted === childrenAborted) return { answer: undefined };
  return { next: touchJob(job, now, abort), answer: undefined };
}
