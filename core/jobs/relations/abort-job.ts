import { actionsOf } from '../../contract/job-actions.ts';
import { isTerminal, stateTable } from '../../contract/job-state.ts';
import { jobUrn } from '../../contract/names.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { BatchDispatcher } from '../../ports/batch-dispatcher.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobLinks } from '../../ports/job-links.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import type { ServiceReader } from '../../ports/service-store.ts';
import { asError } from '../../std/as-error.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { stopBatchJob } from '../batch/stop-batch-job.ts';
import { stopReasons } from '../batch/stop-reasons.ts';
import type { Decision } from '../model/decision.ts';
import { abortedFailure } from '../model/end-job.ts';
import type { DispatcherKind, Job } from '../model/job.ts';
import { transitionJob } from '../model/transition-job.ts';
import { requireServiceOf } from '../records/accepted-definition.ts';
import { missingJob } from '../records/missing-job.ts';
import { beingDeletedProblem } from '../records/require-not-deleting.ts';
import { type JobPrecondition, requirePrecondition } from '../records/require-precondition.ts';
import { updateJob } from '../records/update-job.ts';
import { abortChildren } from './abort-children.ts';

export interface AbortJobDeps {
  readonly jobs: Pick<JobStore, 'get' | 'getMany' | 'replace' | 'tombstone'>;
  readonly links: Pick<JobLinks, 'list'>;
  readonly services: ServiceReader;
  readonly batch: Pick<BatchDispatcher, 'describe' | 'find' | 'terminate'>;
  readonly clock: Clock;
  readonly log: Log;
}

type RequestAbortDeps = Pick<AbortJobDeps, 'services' | 'clock' | 'batch' | 'log'> & {
  readonly jobs: Pick<JobStore, 'get' | 'replace'>;
};

export interface AbortJobInput {
  readonly key: JobKey;
  /** The principal that requests the abort, or the URN of the aborted parent. */
  readonly by: string;
  readonly reason?: string | undefined;
  readonly meetsPrecondition?: JobPrecondition;
}

/**
 * `fence`: the attempt cannot be stopped, so the job ends immediately and reports of the attempt are
 * rejected.
 */
type AbortMode = 'fence' | 'terminate';

/** How an abort treats a running attempt; a Lambda invocation cannot be stopped from outside. */
const abortModes: Readonly<Record<DispatcherKind, AbortMode>> = {
  lambda: 'fence',
  batch: 'terminate',
};

/**
 * How long the dispatcher may take to confirm that it stopped an attempt; then the job ends without a
 * confirmation.
 */
export const stopTimeoutMs = 60_000;

/** The time budget of the abort call for sub-jobs. */
const childrenBudgetMs = 5000;

export interface AbortRequest {
  readonly by: string;
  readonly reason?: string | undefined;
  readonly now: number;
  readonly mode: AbortMode;
}

/**
 * `ended`: the job ended otherwise before the abort. `deleting`: the job is being deleted and is not aborted.
 */
export interface AbortResult {
  readonly outcome: 'aborted' | 'aborting' | 'ended' | 'deleting';
  readonly job: Job;
}

/**
 * Aborts a job; if its attempt has to be stopped first, the job is `aborting`. Returns the job as it is then.
 * Of an abort and the end of the job, the first write wins. Throws `not-found`,
 * `precondition-failed`, `already-ended`, and `illegal-transition` for a draft that is being deleted.
 */
export async function abortJob(deps: AbortJobDeps, input: AbortJobInput): Promise<Job> {
  const { key } = input;
  const requested = await requestAbort(deps, key, input);
  if (requested === undefined) throw await missingJob(deps.jobs, key);
  if (requested.outcome === 'ended') throw alreadyEndedProblem(requested.job);
  if (requested.outcome === 'deleting') throw beingDeletedProblem(requested.job);
  return requested.job.cascade === undefined ? requested.job : await abortWithChildren(deps, requested.job);
}

/** Aborts a sub-job because its parent was aborted; returns the sub-job as it is then. */
async function abortByParent(deps: RequestAbortDeps, child: Job): Promise<Job> {
  if (child.parentId === undefined) throw new Error(`The job ${child.id} has no parent`);
  const key = { tenant: child.tenant, jobId: child.id };
  return (await requestAbort(deps, key, { by: jobUrn(child.parentId) }))?.job ?? child;
}

/** Continues to abort the sub-jobs of an aborted job, until `budgetEndsAt` (epoch milliseconds). */
export function abortChildrenOf(deps: AbortJobDeps, parent: Job, budgetEndsAt: number): Promise<void> {
  return abortChildren({ ...deps, abort: (child) => abortByParent(deps, child) }, parent, budgetEndsAt);
}

/** The abort stays valid if its first step over the sub-jobs fails: the reconciler continues with them. */
async function abortWithChildren(deps: AbortJobDeps, job: Job): Promise<Job> {
  try {
    await abortChildrenOf(deps, job, deps.clock.now() + childrenBudgetMs);
    return (await deps.jobs.get({ tenant: job.tenant, jobId: job.id })) ?? job;
  } catch (error) {
    const fields = { jobId: job.id, error: asError(error) };
    deps.log.warn('abort-children-failed', fields);
    return job;
  }
}

/** Undefined if the job does not exist. */
async function requestAbort(
  deps: RequestAbortDeps,
  key: JobKey,
  { by, reason, meetsPrecondition }: Omit<AbortJobInput, 'key'>,
): Promise<AbortResult | undefined> {
  const result = await updateJob(deps.jobs, key, async (current) => {
    if (current === undefined) return { result: undefined };
    requirePrecondition(meetsPrecondition, current);
    const mode = await abortModeOf(deps, current);
    return decideAbort(current, { by, reason, now: deps.clock.now(), mode });
  });
  // The abort is written first: an attempt that cannot be stopped now is stopped by the reconciler or its
  // next event.
  if (result?.outcome === 'aborting') await stopBatchJob(deps, result.job, stopReasons.aborted);
  return result;
}

/**
 * The decision for an abort. A repeated abort changes nothing. The abort of a draft that is being deleted
 * changes nothing either: it would replace the deletion, of which a part is already done.
 */
export function decideAbort(job: Job, request: AbortRequest): Decision<AbortResult> {
  const { abort } = stateTable[job.status];
  if (abort === 'refused') return { result: { outcome: 'ended', job } };
  if (abort === 'repeat')
    return { result: { outcome: isTerminal(job.status) ? 'aborted' : 'aborting', job } };
  // An accepted deletion is completed; an abort of a job with sub-jobs would replace it.
  if (job.cascade?.kind === 'delete') return { result: { outcome: 'deleting', job } };
  if (abort === 'immediate') return endAsAborted(job, 'not-started', request);
  // An attempt that is still being provisioned runs no code that could be fenced off.
  const fences = request.mode === 'fence' && job.status === 'executing';
  return fences ? endAsAborted(job, 'fenced', request) : startAborting(job, request);
}

function endAsAborted(
  job: Job,
  stopped: 'fenced' | 'not-started',
  request: AbortRequest,
): Decision<AbortResult> {
  const abort = abortRecord(job, stopped, request);
  const change = { abort, failure: abortedFailure({ ...job, abort }) };
  const next = transitionJob(job, 'aborted', { now: request.now, change });
  return { next, result: { outcome: 'aborted', job: next } };
}

function startAborting(job: Job, request: AbortRequest): Decision<AbortResult> {
  const stopBy = request.now + stopTimeoutMs;
  const next = transitionJob(job, 'aborting', {
    now: request.now,
    change: { abort: abortRecord(job, 'terminated', request) },
    nextCheckAt: Math.min(job.nextCheckAt ?? stopBy, stopBy),
  });
  return { next, result: { outcome: 'aborting', job: next } };
}

function abortRecord(
  job: Job,
  stopped: NonNullable<Job['abort']>['stopped'],
  { by, reason, now }: AbortRequest,
): NonNullable<Job['abort']> {
  const requestedAt = Math.max(now, job.updatedAt);
  return { requestedAt, by, ...omitUndefined({ reason }), stopped, childrenAborted: 0 };
}

/** Only a job with a running attempt costs a read of its service. */
async function abortModeOf(deps: RequestAbortDeps, job: Job): Promise<AbortMode> {
  if (stateTable[job.status].abort !== 'via-aborting') return 'fence';
  const service = await requireServiceOf(deps.services, job);
  return abortModes[service.definition.dispatcher.kind];
}

function alreadyEndedProblem(job: Job): ProblemError {
  const actions = actionsOf(job.status);
  return new ProblemError('already-ended', `The job has ended as ${job.status}`, { actions });
}
