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
import { differsOnlyInWriteMetadata, withWrite } from '../model/transition-job.ts';
import { updateJob } from '../records/update-job.ts';
import { linkPages } from './link-pages.ts';
import { mayStillBeCreated } from './may-still-be-created.ts';

export interface AbortChildrenDeps {
  readonly jobs: Pick<JobStore, 'get' | 'getMany' | 'replace'>;
  readonly links: Pick<JobLinks, 'list'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Requests the abort of one sub-job, and returns the sub-job as it is then. */
  readonly abort: (child: Job) => Promise<Job>;
}

/**
 * The result of one step of a traversal of the sub-jobs of a job. A traversal has as many steps as calls and
 * reconciliation passes work on it.
 */
interface StepResult {
  /**
   * Number of sub-jobs whose abort was requested because of their parent, including earlier steps of this
   * traversal.
   */
  readonly requested: number;
  /**
   * `open`: the traversal continues at its position; `again`: it is complete, but another traversal has to
   * check the sub-jobs that it skipped.
   */
  readonly outcome: 'open' | 'again' | 'complete';
  /** The positions at which the step started and ended. */
  readonly from: CascadePosition | undefined;
  readonly position: CascadePosition | undefined;
  /** Sub-jobs that were aborted in this step and have sub-jobs of their own. */
  readonly parents: readonly Job[];
}

/**
 * The sub-job, if it needs no further request; `again` if it has to be checked again; `late` if the time is
 * used up.
 */
type ChildAbortResult = Job | 'again' | 'late';

const parallel = 10;

/**
 * Requests the abort of all descendants of an aborted job, until `budgetEndsAt` (epoch milliseconds). The
 * remaining work is stored: each job keeps its `cascade` and its `nextCheckAt` until all of its sub-jobs were
 * processed, so the reconciler continues where this call stopped; if the process dies, it repeats what was
 * not recorded.
 */
export async function abortChildren(deps: AbortChildrenDeps, root: Job, budgetEndsAt: number): Promise<void> {
  const parents = [root];
  for (const parent of parents) {
    const step = await requestChildAborts(deps, parent, budgetEndsAt);
    await updateJob(deps.jobs, keyOf(parent), (job) => recordStep(job, step, deps.clock.now()));
    if (deps.clock.now() >= budgetEndsAt) return;
    parents.push(...step.parents);
  }
}

function keyOf({ tenant, id: jobId }: Job): JobKey {
  return { tenant, jobId };
}

/**
 * A sub-job that is created meanwhile cannot be missed before the position: a link that is written after the
 * abort leads to no job, because the job is not created, and an earlier link is skipped only once its job can
 * no longer be created.
 */
async function requestChildAborts(
  deps: AbortChildrenDeps,
  parent: Job,
  budgetEndsAt: number,
): Promise<StepResult> {
  const { tenant, id, cascade } = parent;
  const from = cascade?.position;
  let position = from;
  const parents: Job[] = [];
  for await (const links of linkPages(
    deps.links,
    { tenant, kind: 'child', anchorId: id },
    position?.afterId,
  )) {
    const requested = position?.requested ?? 0;
    // The rest is not even read: there may be more sub-jobs than one call has time for.
    if (deps.clock.now() >= budgetEndsAt) return { requested, outcome: 'open', from, position, parents };
    const children = await requestPageOfAborts(deps, links, budgetEndsAt);
    const abortedChildren = children.filter((child) => wasRequestedBy(parent, child));
    parents.push(...abortedChildren.filter((child) => child.cascade !== undefined));
    const total = requested + abortedChildren.length;
    if (children.includes('late')) return { requested: total, outcome: 'open', from, position, parents };
    const leftSome = position?.leftSome === true || children.includes('again');
    position = { afterId: links.at(-1)?.jobId ?? '', requested: total, ...(leftSome ? { leftSome } : {}) };
  }
  const outcome = position?.leftSome === true ? 'again' : 'complete';
  return { requested: position?.requested ?? 0, outcome, from, position, parents };
}

function wasRequestedBy(parent: Job, child: ChildAbortResult): child is Job {
  return typeof child === 'object' && child.abort?.by === jobUrn(parent.id);
}

/**
 * Requests the abort of the sub-jobs at these links; a job that may still be created has to be checked again.
 */
async function requestPageOfAborts(
  deps: AbortChildrenDeps,
  links: readonly JobLink[],
  budgetEndsAt: number,
): Promise<readonly ChildAbortResult[]> {
  const ids = links.map(({ jobId }) => jobId);
  const jobs = await deps.jobs.getMany(links[0]?.tenant ?? '', ids);
  const existingIds = new Set(jobs.map(({ id }) => id));
  const pendingLinks = links.filter(
    (link) => !existingIds.has(link.jobId) && mayStillBeCreated(link, deps.clock.now()),
  );
  const requested = await inParallel(jobs, parallel, (child) => requestChildAbort(deps, child, budgetEndsAt));
  return [...requested, ...pendingLinks.map(() => 'again' as const)];
}

async function requestChildAbort(
  deps: AbortChildrenDeps,
  child: Job,
  budgetEndsAt: number,
): Promise<ChildAbortResult> {
  if (hasStopped(child)) return child;
  if (deps.clock.now() >= budgetEndsAt) return 'late';
  try {
    const requested = await deps.abort(child);
    // A job that is being deleted no longer exists at the next check, or can be aborted then.
    return hasStopped(requested) ? requested : 'again';
  } catch (error) {
    const fields = { jobId: child.id, error: asError(error) };
    deps.log.warn('abort-child-failed', fields);
    return 'again';
  }
}

function hasStopped({ status }: Job): boolean {
  return isTerminal(status) || status === 'aborting';
}

function recordStep(job: Job | undefined, step: StepResult, now: number): Decision<void> {
  if (job?.cascade?.kind !== 'abort-children') return { result: undefined };
  // A traversal that is not complete may have counted fewer sub-jobs than an earlier one.
  const childrenAborted = Math.max(step.requested, job.abort?.childrenAborted ?? 0);
  const abort = job.abort === undefined ? {} : { abort: { ...job.abort, childrenAborted } };
  if (step.outcome === 'complete') {
    const { cascade: _, nextCheckAt, ...rest } = job;
    const due = isTerminal(job.status) || nextCheckAt === undefined ? {} : { nextCheckAt };
    return { next: withWrite({ ...rest, ...due }, now, abort), result: undefined };
  }
  const next = withWrite(job, now, { ...abort, cascade: cascadeAfter(job.cascade, step) });
  return differsOnlyInWriteMetadata(job, next) ? { result: undefined } : { next, result: undefined };
}

/** Of two concurrent steps, only the position of the first one that is recorded counts. */
function cascadeAfter(current: Cascade, { from, outcome, position }: StepResult): Cascade {
  if (!isDeepStrictEqual(current.position, from)) return current;
  const { position: _, ...rest } = current;
  return outcome === 'open' && position !== undefined ? { ...rest, position } : rest;
}
