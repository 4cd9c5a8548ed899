import { isDeepStrictEqual } from 'node:util';
import { isTerminal } from '../../contract/job-state.ts';
import { jobUrn } from '../../contract/names.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobLink, JobLinks } from '../../ports/job-links.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { Decision } from '../model/decision.ts';
import type { Cascade, CascadePosition, Job } from '../model/job.ts';
import { isSameButForWrite, touchJob } from '../model/transition-job.ts';
import { updateJob } from '../records/update-job.ts';
import { linkPages } from './link-pages.ts';
import { mayStillBeCreated } from './may-still-be-created.ts';

export interface AbortChildrenDeps {
  readonly jobs: Pick<JobStore, 'get' | 'getMany' | 'replace'>;
  readonly links: Pick<JobLinks, 'list'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Asks one sub-job to end, and answers it as it is then. */
  readonly abort: (child: Job) => Promise<Job>;
}

/** What one look at the sub-jobs of a job came to. */
interface Round {
  /** How many were asked to end because of their parent since the walk over them began. */
  readonly requested: number;
  /** `open`: the walk goes on at its place; `again`: it is over, and left some to another one. */
  readonly outcome: 'open' | 'again' | 'complete';
  /** Where it began, and where it ended. */
  readonly from: CascadePosition | undefined;
  readonly place: CascadePosition | undefined;
  /** Those asked in this round that have sub-jobs of their own. */
  readonly parents: readonly Job[];
}

/** A sub-job of which nothing is left to ask; one that has to be looked at again; one for which no time was left. */
type AbortRequests = Job | 'again' | 'late';

const parallel = 10;

/**
 * Asks the sub-jobs of an aborted job to end, and theirs, until the deadline (milliseconds since 1970). Whatever is left
 * then is on the records: each job keeps its `cascade` and its `dueAt` until all of its sub-jobs were asked, so the sweep
 * goes on where this stopped; where it died, it repeats what was not noted.
 */
export async function abortChildren(deps: AbortChildrenDeps, root: Job, deadline: number): Promise<void> {
  const parents = [root];
  for (const parent of parents) {
    const round = await requestChildAborts(deps, parent, deadline);
    await updateJob(deps.jobs, keyOf(parent), (job) => noteRound(job, round, deps.clock.now()));
    if (deps.clock.now() >= deadline) return;
    parents.push(...round.parents);
  }
}

function keyOf({ tenant, id: jobId }: Job): JobKey {
  return { tenant, jobId };
}

/**
 * One that is made meanwhile is not behind the place: a link that is written after the abort leads to no job, since
 * making it is refused, and one that was there before is passed over only once its job cannot come any more.
 */
async function requestChildAborts(deps: AbortChildrenDeps, parent: Job, deadline: number): Promise<Round> {
  const { tenant, id: of, cascade } = parent;
  const from = cascade?.place;
  let place = from;
  const parents: Job[] = [];
  for await (const links of linkPages(deps.links, { tenant, kind: 'child', of }, place?.afterId)) {
    const requested = place?.requested ?? 0;
    // The rest is not even read: there may be more than one call has time for.
    if (deps.clock.now() >= deadline) return { requested: requested, outcome: 'open', from, place, parents };
    const children = await requestPageOfAborts(deps, links, deadline);
    const those = children.filter((child) => wasRequestedBy(parent, child));
    parents.push(...those.filter((child) => child.cascade !== undefined));
    const total = requested + those.length;
    if (children.includes('late')) return { requested: total, outcome: 'open', from, place, parents };
    const leftSome = place?.leftSome === true || children.includes('again');
    place = { afterId: links.at(-1)?.jobId ?? '', requested: total, ...(leftSome ? { leftSome } : {}) };
  }
  const outcome = place?.leftSome === true ? 'again' : 'complete';
  return { requested: place?.requested ?? 0, outcome, from, place, parents };
}

function wasRequestedBy(parent: Job, child: AbortRequests): child is Job {
  return typeof child === 'object' && child.abort?.by === jobUrn(parent.id);
}

/** What became of the sub-jobs at these links; one that may still come has to be looked at again. */
async function requestPageOfAborts(
  deps: AbortChildrenDeps,
  links: readonly JobLink[],
  deadline: number,
): Promise<readonly AbortRequests[]> {
  const ids = links.map(({ jobId }) => jobId);
  const jobs = await deps.jobs.getMany(links[0]?.tenant ?? '', ids);
  const found = new Set(jobs.map(({ id }) => id));
  const coming = links.filter((link) => !found.has(link.jobId) && mayStillBeCreated(link, deps.clock.now()));
  const requested = await inParallel(jobs, parallel, (child) => requestChildAbort(deps, child, deadline));
  return [...requested, ...coming.map(() => 'again' as const)];
}

async function requestChildAbort(
  deps: AbortChildrenDeps,
  child: Job,
  deadline: number,
): Promise<AbortRequests> {
  if (hasStopped(child)) return child;
  if (deps.clock.now() >= deadline) return 'late';
  try {
    const requested = await deps.abort(child);
    // One that is being deleted is either gone at the next look, or can be asked then.
    return hasStopped(requested) ? requested : 'again';
  } catch (error) {
    const about = { jobId: child.id, error: asError(error) };
    deps.log.warn('abort-child-failed', about);
    return 'again';
  }
}

function hasStopped({ status }: Job): boolean {
  return isTerminal(status) || status === 'aborting';
}

function noteRound(job: Job | undefined, round: Round, now: number): Decision<void> {
  if (job?.cascade?.kind !== 'abort-children') return { answer: undefined };
  // A walk that is not over has seen fewer than one before it.
  const childrenAborted = Math.max(round.requested, job.abort?.childrenAborted ?? 0);
  const abort = job.abort === undefined ? {} : { abort: { ...job.abort, childrenAborted } };
  if (round.outcome === 'complete') {
    const { cascade: _, nextCheckAt, ...rest } = job;
    const due = isTerminal(job.status) || nextCheckAt === undefined ? {} : { nextCheckAt };
    return { next: touchJob({ ...rest, ...due }, now, abort), answer: undefined };
  }
  const next = touchJob(job, now, { ...abort, cascade: cascadeAfter(job.cascade, round) });
  return isSameButForWrite(job, next) ? { answer: undefined } : { next, answer: undefined };
}

/** Of two looks at once the place of the one counts that is noted first. */
function cascadeAfter(known: Cascade, { from, outcome, place }: Round): Cascade {
  if (!isDeepStrictEqual(known.place, from)) return known;
  const { place: _, ...rest } = known;
  return outcome === 'open' && place !== undefined ? { ...rest, place } : rest;
}
