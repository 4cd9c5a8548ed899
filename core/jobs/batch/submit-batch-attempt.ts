import { type BatchDispatcher, BatchRefusal } from '../../ports/batch-dispatcher.ts';
import type { JobKey } from '../../ports/job-store.ts';
import type { Settings } from '../../ports/settings.ts';
import { type TargetRules, targetViolations } from '../../services/target-rules.ts';
import { digest } from '../../std/digest.ts';
import type { WorkerAccess } from '../attempts/dispatch-attempt.ts';
import { batchJobName } from '../model/batch-job-name.ts';
import type { Decision } from '../model/decision.ts';
import { type Job, serviceOf } from '../model/job.ts';
import { endAborted } from '../model/settle-job.ts';
import { limitReached, queueDeadlineOf } from '../model/time-limits.ts';
import { touchJob } from '../model/transition-job.ts';
import { updateJob } from '../records/update-job.ts';
import { type PassTurnDeps, passTurn } from '../scheduling/pass-turn.ts';
import { batchAttempt } from './batch-attempt.ts';
import { carriesOut } from './decide-batch-event.ts';
import { stopReasons } from './stop-reasons.ts';

export interface SubmitBatchAttemptDeps extends PassTurnDeps {
  readonly batch: Pick<BatchDispatcher, 'submit' | 'find' | 'terminate'>;
  readonly settings: Pick<Settings, 'reconcileAfterMs'> & TargetRules;
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
 * limit, and no Batch job that this call knows of is left. `aborted`: the job was being aborted before
 * anything was submitted, and has ended.
 */
export type Submitted = 'submitted' | 'known' | 'stale' | 'aborted';

/**
 * Submits the claimed attempt to Batch and records the id of its Batch job. An attempt with another claim, or
 * that Batch already has, is left unchanged. Throws `BatchRefusal` if Batch will never accept it; after any
 * other error the attempt may have been submitted.
 */
export async function submitBatchAttempt(
  deps: SubmitBatchAttemptDeps,
  input: SubmitBatchAttemptInput,
): Promise<Submitted> {
  const { tenant, jobId } = input;
  const job = await deps.jobs.get({ tenant, jobId });
  if (job === undefined) return logOutcome(deps, input, 'stale');
  if (isAbortedBefore(job, input)) return logOutcome(deps, input, await endUnsubmitted(deps, job, input));
  if (!isOwn(job, input)) return logOutcome(deps, input, 'stale');
  if (job.dispatcherId !== undefined) return logOutcome(deps, input, 'known');
  if (isTooLate(job, deps.clock.now())) return logOutcome(deps, input, 'stale');
  const dispatcherId = await submit(deps, job, input);
  const recorded = await updateJob(deps.jobs, { tenant, jobId, current: job }, (found) =>
    recordDispatcherId(found, { ...input, dispatcherId, now: deps.clock.now() }),
  );
  // An accepted submission frees capacity for the next one.
  await passTurn(deps, job);
  if (recorded) return logOutcome(deps, input, 'submitted');
  // The job was aborted or claimed by another execution meanwhile, so the new Batch job is not needed.
  await deps.batch.terminate(dispatcherId, stopReasons.superseded);
  return logOutcome(deps, input, 'stale');
}

/** An earlier try may have submitted the attempt: then an event of its Batch job ends the job. */
function isAbortedBefore(job: Job, input: SubmitBatchAttemptInput): boolean {
  if (job.status !== 'aborting' || job.dispatcherId !== undefined || input.isRepeated) return false;
  return job.attempt === input.attempt && hasClaim(job, input);
}

/**
 * Ends a job whose attempt was never submitted: no event will report its end, and the job would wait for the
 * reconciler. If this call is repeated, the Batch job of the first call is stopped by that call or at its
 * next event.
 */
async function endUnsubmitted(
  deps: SubmitBatchAttemptDeps,
  known: Job,
  input: SubmitBatchAttemptInput,
): Promise<Submitted> {
  const { tenant, jobId } = input;
  return updateJob(deps.jobs, { tenant, jobId, current: known }, (found): Decision<Submitted> => {
    if (found === undefined || !isAbortedBefore(found, input)) return { result: 'stale' };
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
  const service = await deps.services.get({ tenant: job.tenant, ...serviceOf(job) });
  if (service === undefined) throw new Error(`The service of the job ${job.id} is missing`);
  const { dispatcher } = service.definition;
  if (dispatcher.kind !== 'batch')
    throw new Error(`The service of the job ${job.id} does not use the dispatcher batch`);
  // This call has the permission to submit, so it checks the target itself.
  const [violation] = targetViolations(deps.settings, service);
  if (violation !== undefined) throw new BatchRefusal(`${violation.pointer} ${violation.detail}`);
  const earlier = isRepeated ? await deps.batch.find(batchJobName(job), dispatcher.jobQueue) : undefined;
  // The worker of a Batch job of an earlier claim has a token that is no longer accepted.
  if (earlier !== undefined && carriesOut(job, earlier)) return earlier.dispatcherId;
  return deps.batch.submit(batchAttempt(job, dispatcher, worker));
}

function isOwn(job: Job, input: SubmitBatchAttemptInput): boolean {
  const isClaimed = job.status === 'scheduled' || job.status === 'executing';
  return isClaimed && job.attempt === input.attempt && hasClaim(job, input);
}

/**
 * Returns whether the attempt is past a limit: its container would only start to be stopped; the reconciler
 * ends it.
 */
function isTooLate(job: Job, now: number): boolean {
  const isPastQueue = job.status === 'scheduled' && now >= queueDeadlineOf(job);
  return isPastQueue || limitReached(job, now) !== undefined;
}

/** The token identifies the claim: a later claim has another one. */
function hasClaim(job: Job, { worker }: SubmitBatchAttemptInput): boolean {
  return job.claim?.tokenDigest === digest(worker.token);
}

/**
 * The result is true if the job runs as this Batch job, or did: the worker of a short attempt may have
 * reported, or its end may have been applied, before its id is written here.
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
  return { next: touchJob(job, recorded.now, { dispatcherId: recorded.dispatcherId }), result: true };
}

function logOutcome<Outcome extends Submitted>(
  { log }: SubmitBatchAttemptDeps,
  { jobId, attempt }: SubmitBatchAttemptInput,
  outcome: Outcome,
): Outcome {
  // A line for each job would cost more than it is worth.
  if (outcome !== 'submitted') log.info('batch-submit', { jobId, attempt, outcome });
  return outcome;
}
