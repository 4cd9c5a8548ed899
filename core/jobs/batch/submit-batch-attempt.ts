import { type BatchDispatcher, BatchRejection } from '../../ports/batch-dispatcher.ts';
import type { JobKey } from '../../ports/job-store.ts';
import type { Settings } from '../../ports/settings.ts';
import { type ResourceNameRules, resourceViolations } from '../../services/resource-name-rules.ts';
import { digest } from '../../std/digest.ts';
import type { WorkerAccess } from '../attempts/dispatch-attempt.ts';
import { batchJobName } from '../model/batch-job-name.ts';
import type { Decision } from '../model/decision.ts';
import { endAborted } from '../model/end-job.ts';
import type { Job } from '../model/job.ts';
import { limitReached, queueDeadlineOf } from '../model/time-limits.ts';
import { withWrite } from '../model/transition-job.ts';
import { requireServiceOf } from '../records/accepted-definition.ts';
import { updateJob } from '../records/update-job.ts';
import { type PassTurnDeps, passTurn } from '../scheduling/pass-turn.ts';
import { batchAttempt } from './batch-attempt.ts';
import { isBatchJobOf } from './batch-job-of.ts';
import { stopReasons } from './stop-reasons.ts';

export interface SubmitBatchAttemptDeps extends PassTurnDeps {
  readonly batch: Pick<BatchDispatcher, 'submit' | 'find' | 'terminate'>;
  readonly settings: Pick<Settings, 'reconcileAfterMs'> & ResourceNameRules;
}

export interface SubmitBatchAttemptInput extends JobKey {
  readonly attempt: number;
  /** The worker access that the claim of the attempt returned. */
  readonly worker: WorkerAccess;
  /** True if an earlier try may have submitted the attempt although its response was lost. */
  readonly isRepeated: boolean;
}

/**
 * `known`: Batch already has the attempt. `stale`: the attempt no longer belongs to the caller or is past a
 * limit; a Batch job that this call submitted is stopped. `aborted`: the job was being aborted before anything
 * was submitted, and has ended.
 */
export type Submitted = 'submitted' | 'known' | 'stale' | 'aborted';

/**
 * Submits the claimed attempt to Batch and records the id of its Batch job. Does nothing if the attempt has
 * another claim, or if Batch already has it. Throws `BatchRejection` if Batch will never accept it; after any
 * other error the attempt may have been submitted.
 */
export async function submitBatchAttempt(
  deps: SubmitBatchAttemptDeps,
  input: SubmitBatchAttemptInput,
): Promise<Submitted> {
  const { tenant, jobId } = input;
  const job = await deps.jobs.get({ tenant, jobId });
  if (job === undefined) return logResult(deps, input, 'stale');
  if (isAbortedBeforeSubmission(job, input))
    return logResult(deps, input, await endAbortedUnsubmitted(deps, job, input));
  if (!isOwn(job, input)) return logResult(deps, input, 'stale');
  if (job.dispatcherId !== undefined) return logResult(deps, input, 'known');
  if (isTooLate(job, deps.clock.now())) return logResult(deps, input, 'stale');
  const dispatcherId = await submit(deps, job, input);
  const recorded = await updateJob(deps.jobs, { tenant, jobId, current: job }, (found) =>
    recordDispatcherId(found, { ...input, dispatcherId, now: deps.clock.now() }),
  );
  // An accepted submission frees capacity for the next one.
  await passTurn(deps, job);
  if (recorded) return logResult(deps, input, 'submitted');
  // The job was aborted or claimed by another execution meanwhile, so the new Batch job is not needed.
  await deps.batch.terminate(dispatcherId, stopReasons.superseded);
  return logResult(deps, input, 'stale');
}

/**
 * Returns whether the job is being aborted and nothing was submitted. False for a repeated call: an earlier try
 * may have submitted the attempt, and an event of that Batch job then ends the job.
 */
function isAbortedBeforeSubmission(job: Job, input: SubmitBatchAttemptInput): boolean {
  if (job.status !== 'aborting' || job.dispatcherId !== undefined || input.isRepeated) return false;
  return job.attempt === input.attempt && hasClaim(job, input);
}

/**
 * Ends a job that is being aborted and whose attempt was never submitted: no event will report its end, so it
 * would wait for the reconciler. If two calls run concurrently and the other one submits the attempt, its Batch
 * job is stopped by that call or at its next event.
 */
async function endAbortedUnsubmitted(
  deps: SubmitBatchAttemptDeps,
  current: Job,
  input: SubmitBatchAttemptInput,
): Promise<Submitted> {
  const { tenant, jobId } = input;
  return updateJob(deps.jobs, { tenant, jobId, current }, (found): Decision<Submitted> => {
    if (found === undefined || !isAbortedBeforeSubmission(found, input)) return { result: 'stale' };
    const abort = found.abort && ({ ...found.abort, stopped: 'not-started' } as const);
    const unstarted = abort === undefined ? found : { ...found, abort };
    return { next: endAborted(unstarted, deps.clock.now()), result: 'aborted' };
  });
}

async function submit(
  deps: SubmitBatchAttemptDeps,
  job: Job,
  { worker, isRepeated }: SubmitBatchAttemptInput,
): Promise<string> {
  const service = await requireServiceOf(deps.services, job);
  const { dispatcher } = service.definition;
  if (dispatcher.kind !== 'batch')
    throw new Error(`The service of the job ${job.id} does not use the dispatcher batch`);
  // This call has the permission to submit, so it checks the resources itself.
  const [violation] = resourceViolations(deps.settings, service);
  if (violation !== undefined) throw new BatchRejection(`${violation.pointer} ${violation.detail}`);
  const earlier = isRepeated ? await deps.batch.find(batchJobName(job), dispatcher.jobQueue) : undefined;
  // The worker of a Batch job of an earlier claim has a token that is no longer accepted.
  if (earlier !== undefined && isBatchJobOf(job, earlier)) return earlier.dispatcherId;
  return deps.batch.submit(batchAttempt(job, dispatcher, worker));
}

function isOwn(job: Job, input: SubmitBatchAttemptInput): boolean {
  const isClaimed = job.status === 'scheduled' || job.status === 'executing';
  return isClaimed && job.attempt === input.attempt && hasClaim(job, input);
}

/**
 * Returns whether the attempt is past a limit: the reconciler would stop its container as soon as it started.
 */
function isTooLate(job: Job, now: number): boolean {
  const isPastQueueLimit = job.status === 'scheduled' && now >= queueDeadlineOf(job);
  return isPastQueueLimit || limitReached(job, now) !== undefined;
}

/** Returns whether the caller has the current claim. Each claim has its own token. */
function hasClaim(job: Job, { worker }: SubmitBatchAttemptInput): boolean {
  return job.claim?.tokenDigest === digest(worker.token);
}

/**
 * Records the id of the Batch job. The result is true if the Batch job belongs to the attempt. A short attempt may
 * already have ended: its worker reported, or its end was applied, before this write.
 */
function recordDispatcherId(
  job: Job | undefined,
  recorded: SubmitBatchAttemptInput & { readonly dispatcherId: string; readonly now: number },
): Decision<boolean> {
  if (job?.attempt === recorded.attempt && job.dispatcherId === recorded.dispatcherId)
    return { result: true };
  if (job === undefined || job.dispatcherId !== undefined) return { result: false };
  // The worker reported before the id of its Batch job was written here, and is about to exit.
  const isReported = job.status === 'succeeded' || job.status === 'failed';
  if (isReported && job.attempt === recorded.attempt) return { result: true };
  if (!isOwn(job, recorded)) return { result: false };
  return { next: withWrite(job, recorded.now, { dispatcherId: recorded.dispatcherId }), result: true };
}

function logResult<Result extends Submitted>(
  { log }: SubmitBatchAttemptDeps,
  { jobId, attempt }: SubmitBatchAttemptInput,
  result: Result,
): Result {
  // A line for each submitted job would cost more than it is worth.
  if (result !== 'submitted') log.info('batch-submit', { jobId, attempt, outcome: result });
  return result;
}
