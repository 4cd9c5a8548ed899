import { actionsOf } from '../contract/job-actions.ts';
import { isTerminal, stateTable } from '../contract/job-state.ts';
import { ProblemError } from '../contract/problem-error.ts';
import type { ServiceDefinition } from '../contract/service-schemas.ts';
import type { Clock } from '../ports/clock.ts';
import type { JobKey, JobStore } from '../ports/job-store.ts';
import type { ServiceStore } from '../ports/service-store.ts';
import type { Job } from './job.ts';
import { moveJob } from './move-job.ts';
import { abortedFailure } from './settle-job.ts';
import { type Decision, updateJob } from './update-job.ts';
import { waitForJob } from './wait-for-job.ts';

export interface AbortJobDeps {
  readonly jobs: Pick<JobStore, 'get' | 'replace'>;
  readonly services: Pick<ServiceStore, 'get'>;
  readonly clock: Clock;
}

export interface AbortJobInput {
  readonly key: JobKey;
  /** Who asks. */
  readonly by: string;
  readonly reason?: string | undefined;
  /** How long to wait for a job whose attempt has to be stopped first. */
  readonly waitMilliseconds: number;
}

/** `fence`: nothing can stop the attempt, so the job ends at once and no report of the attempt counts any more. */
type RunningAttempt = 'fence' | 'terminate';

/** What an abort does with an attempt that runs; a Lambda invocation cannot be stopped from outside. */
const whileRunning: Readonly<Record<ServiceDefinition['dispatcher']['kind'], RunningAttempt>> = {
  lambda: 'fence',
};

/** How long a dispatcher has to say that it stopped an attempt, before the job ends without its word. */
const stopMilliseconds = 60_000;

export interface AbortRequest {
  readonly by: string;
  readonly reason?: string | undefined;
  readonly now: number;
  readonly running: RunningAttempt;
}

/** `ended`: the job came to another end before, and stays there. */
export interface AbortAnswer {
  readonly outcome: 'aborted' | 'aborting' | 'ended';
  readonly job: Job;
}

/**
 * Ends a job, or begins to where its attempt has to be stopped first; the answer is the job as it is then. Of an abort
 * and the end of the job, whichever is written first stands. Throws `not-found` and `already-ended`.
 */
export async function abortJob(deps: AbortJobDeps, input: AbortJobInput): Promise<Job> {
  const { key, by, reason } = input;
  const { outcome, job } = await updateJob(deps.jobs, key, async (found) => {
    if (found === undefined) throw new ProblemError('not-found', `There is no job ${key.jobId}`);
    const running = await whileRunningOf(deps, found);
    return decideAbort(found, { by, reason, now: deps.clock.now(), running });
  });
  if (outcome === 'ended') throw alreadyEnded(job);
  return (await waitForJob(deps, key, { waitMilliseconds: input.waitMilliseconds, known: job })) ?? job;
}

/** What an abort makes of a job. One that is asked for twice changes nothing the second time. */
export function decideAbort(job: Job, request: AbortRequest): Decision<AbortAnswer> {
  const { abort } = stateTable[job.status];
  if (abort === 'refused') return { answer: { outcome: 'ended', job } };
  if (abort === 'repeat')
    return { answer: { outcome: isTerminal(job.status) ? 'aborted' : 'aborting', job } };
  if (abort === 'straight') return aborted(job, 'not-started', request);
  // An attempt that is still being provided for runs no code that could be fenced off.
  const fences = request.running === 'fence' && job.status === 'executing';
  return fences ? aborted(job, 'fenced', request) : aborting(job, request);
}

function aborted(job: Job, stopped: 'fenced' | 'not-started', request: AbortRequest): Decision<AbortAnswer> {
  const change = { abort: recordOf(job, stopped, request), failure: abortedFailure(job) };
  const next = moveJob(job, 'aborted', { now: request.now, change });
  return { next, answer: { outcome: 'aborted', job: next } };
}

function aborting(job: Job, request: AbortRequest): Decision<AbortAnswer> {
  const stopBy = request.now + stopMilliseconds;
  const next = moveJob(job, 'aborting', {
    now: request.now,
    change: { abort: recordOf(job, 'terminated', request) },
    dueAt: Math.min(job.dueAt ?? stopBy, stopBy),
  });
  return { next, answer: { outcome: 'aborting', job: next } };
}

function recordOf(
  job: Job,
  stopped: NonNullable<Job['abort']>['stopped'],
  { by, reason, now }: AbortRequest,
): NonNullable<Job['abort']> {
  const requestedAt = Math.max(now, job.updatedAt);
  return { requestedAt, by, ...(reason === undefined ? {} : { reason }), stopped, childrenAborted: 0 };
}

/** Only a job that has a running attempt costs the look at its service. */
async function whileRunningOf(deps: AbortJobDeps, job: Job): Promise<RunningAttempt> {
  if (stateTable[job.status].abort !== 'by-dispatcher') return 'fence';
  const service = await deps.services.get({ tenant: job.tenant, ...job.service });
  if (service === undefined)
    throw new Error(`The service ${job.service.name} ${job.service.version} is missing`);
  return whileRunning[service.definition.dispatcher.kind];
}

function alreadyEnded(job: Job): ProblemError {
  const actions = actionsOf(job.status);
  return new ProblemError('already-ended', `The job has ended as ${job.status}`, { actions });
}
