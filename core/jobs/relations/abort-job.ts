import { actionsOf } from '../../contract/job-actions.ts';
import { isTerminal, stateTable } from '../../contract/job-state.ts';
import { jobUrn } from '../../contract/names.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { ServiceDefinition } from '../../contract/schemas/service-schemas.ts';
import type { BatchDispatcher } from '../../ports/batch-dispatcher.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobLinks } from '../../ports/job-links.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import type { ServiceStore } from '../../ports/service-store.ts';
import { asError } from '../../std/as-error.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { stopBatchJob } from '../batch/stop-batch-job.ts';
import { stopReasons } from '../batch/stop-reasons.ts';
import type { Decision } from '../model/decision.ts';
import { type Job, serviceOf } from '../model/job.ts';
import { abortedFailure } from '../model/settle-job.ts';
import { transitionJob } from '../model/transition-job.ts';
import { missingJob } from '../records/missing-job.ts';
import { isBeingDeleted } from '../records/refuse-deleting.ts';
import { type JobExpectation, refuseUnexpected } from '../records/refuse-unexpected.ts';
import { updateJob } from '../records/update-job.ts';
import { abortChildren } from './abort-children.ts';

export interface AbortJobDeps {
  readonly jobs: Pick<JobStore, 'get' | 'getMany' | 'replace' | 'tombstone'>;
  readonly links: Pick<JobLinks, 'list'>;
  readonly services: Pick<ServiceStore, 'get'>;
  readonly batch: Pick<BatchDispatcher, 'describe' | 'find' | 'terminate'>;
  readonly clock: Clock;
  readonly log: Log;
}

type RequestAbortDeps = Pick<AbortJobDeps, 'services' | 'clock' | 'batch' | 'log'> & {
  readonly jobs: Pick<JobStore, 'get' | 'replace'>;
};

export interface AbortJobInput {
  readonly key: JobKey;
  /** Who asks. */
  readonly by: string;
  readonly reason?: string | undefined;
  readonly isExpected?: JobExpectation;
}

/** `fence`: nothing can stop the attempt, so the job ends at once and no report of the attempt counts any more. */
type RunningAttempt = 'fence' | 'terminate';

/** What an abort does with an attempt that runs; a Lambda invocation cannot be stopped from outside. */
const whileRunning: Readonly<Record<ServiceDefinition['dispatcher']['kind'], RunningAttempt>> = {
  lambda: 'fence',
  batch: 'terminate',
};

/** How long a dispatcher has to say that it stopped an attempt, before the job ends without its word. */
export const stopMilliseconds = 60_000;

/** How much of an abort's own call goes to the sub-jobs. */
const firstRoundMilliseconds = 5000;

export interface AbortRequest {
  readonly by: string;
  readonly reason?: string | undefined;
  readonly now: number;
  readonly running: RunningAttempt;
}

/** `ended`: the job came to another end before, and stays there. `deleting`: it is about to be gone, and not aborted. */
export interface AbortAnswer {
  readonly outcome: 'aborted' | 'aborting' | 'ended' | 'deleting';
  readonly job: Job;
}

/**
 * Ends a job, or begins to where its attempt has to be stopped first; the answer is the job as it is then. Of an abort
 * and the end of the job, whichever is written first stands. Throws `not-found`, `precondition-failed`, `already-ended`, and
 * `illegal-transition` for a draft that is being deleted.
 */
export async function abortJob(deps: AbortJobDeps, input: AbortJobInput): Promise<Job> {
  const { key } = input;
  const requested = await requestAbort(deps, key, input);
  if (requested === undefined) throw await missingJob(deps.jobs, key);
  if (requested.outcome === 'ended') throw alreadyEnded(requested.job);
  if (requested.outcome === 'deleting') throw isBeingDeleted(requested.job);
  return requested.job.cascade === undefined ? requested.job : await withChildren(deps, requested.job);
}

/** Ends a sub-job, or begins to, because its parent was aborted; the answer is the job as it is then. */
async function abortByParent(deps: RequestAbortDeps, child: Job): Promise<Job> {
  if (child.parentId === undefined) throw new Error(`The job ${child.id} has no parent`);
  const key = { tenant: child.tenant, jobId: child.id };
  return (await requestAbort(deps, key, { by: jobUrn(child.parentId) }))?.job ?? child;
}

/** Goes on asking the sub-jobs of an aborted job to end, until the deadline (milliseconds since 1970). */
export function abortChildrenOf(deps: AbortJobDeps, parent: Job, deadline: number): Promise<void> {
  return abortChildren({ ...deps, abort: (child) => abortByParent(deps, child) }, parent, deadline);
}

/** The abort stands whatever becomes of the first look at the sub-jobs: the sweep goes on with them. */
async function withChildren(deps: AbortJobDeps, job: Job): Promise<Job> {
  try {
    await abortChildrenOf(deps, job, deps.clock.now() + firstRoundMilliseconds);
    return (await deps.jobs.get({ tenant: job.tenant, jobId: job.id })) ?? job;
  } catch (error) {
    const about = { jobId: job.id, error: asError(error) };
    deps.log.warn('abort-children-failed', about);
    return job;
  }
}

/** Undefined when there is no such job. */
async function requestAbort(
  deps: RequestAbortDeps,
  key: JobKey,
  { by, reason, isExpected }: Omit<AbortJobInput, 'key'>,
): Promise<AbortAnswer | undefined> {
  const answer = await updateJob(deps.jobs, key, async (found) => {
    if (found === undefined) return { answer: undefined };
    refuseUnexpected(isExpected, found);
    const running = await whileRunningOf(deps, found);
    return decideAbort(found, { by, reason, now: deps.clock.now(), running });
  });
  // Written first: one that cannot be stopped now is stopped by the sweep, or by its next event.
  if (answer?.outcome === 'aborting') await stopBatchJob(deps, answer.job, stopReasons.aborted);
  return answer;
}

/**
 * What an abort makes of a job. One that is asked for twice changes nothing the second time, nor does that of a draft that is
 * being deleted: it would take the place of its deletion, of which a part is done.
 */
export function decideAbort(job: Job, request: AbortRequest): Decision<AbortAnswer> {
  const { abort } = stateTable[job.status];
  if (abort === 'refused') return { answer: { outcome: 'ended', job } };
  if (abort === 'repeat')
    return { answer: { outcome: isTerminal(job.status) ? 'aborted' : 'aborting', job } };
  // A deletion that was accepted is carried out, and an abort with sub-jobs would take its place.
  if (job.cascade?.kind === 'delete') return { answer: { outcome: 'deleting', job } };
  if (abort === 'straight') return aborted(job, 'not-started', request);
  // An attempt that is still being provided for runs no code that could be fenced off.
  const fences = request.running === 'fence' && job.status === 'executing';
  return fences ? aborted(job, 'fenced', request) : aborting(job, request);
}

function aborted(job: Job, stopped: 'fenced' | 'not-started', request: AbortRequest): Decision<AbortAnswer> {
  const abort = recordOf(job, stopped, request);
  const change = { abort, failure: abortedFailure({ ...job, abort }) };
  const next = transitionJob(job, 'aborted', { now: request.now, change });
  return { next, answer: { outcome: 'aborted', job: next } };
}

function aborting(job: Job, request: AbortRequest): Decision<AbortAnswer> {
  const stopBy = request.now + stopMilliseconds;
  const next = transitionJob(job, 'aborting', {
    now: request.now,
    change: { abort: recordOf(job, 'terminated', request) },
    nextCheckAt: Math.min(job.nextCheckAt ?? stopBy, stopBy),
  });
  return { next, answer: { outcome: 'aborting', job: next } };
}

function recordOf(
  job: Job,
  stopped: NonNullable<Job['abort']>['stopped'],
  { by, reason, now }: AbortRequest,
): NonNullable<Job['abort']> {
  const requestedAt = Math.max(now, job.updatedAt);
  return { requestedAt, by, ...omitUndefined({ reason }), stopped, childrenAborted: 0 };
}

/** Only a job that has a running attempt costs the look at its service. */
async function whileRunningOf(deps: RequestAbortDeps, job: Job): Promise<RunningAttempt> {
  if (stateTable[job.status].abort !== 'by-dispatcher') return 'fence';
  const service = await deps.services.get({ tenant: job.tenant, ...serviceOf(job) });
  if (service === undefined) throw new Error(`The service of the job ${job.id} is missing`);
  return whileRunning[service.definition.dispatcher.kind];
}

function alreadyEnded(job: Job): ProblemError {
  const actions = actionsOf(job.status);
  return new ProblemError('already-ended', `The job has ended as ${job.status}`, { actions });
}
