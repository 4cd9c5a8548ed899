import { type BatchDispatcher, BatchRefusal } from '../../ports/batch-dispatcher.ts';
import type { JobKey } from '../../ports/job-store.ts';
import { type TargetRules, targetFaults } from '../../services/target-rules.ts';
import { digest } from '../../std/digest.ts';
import type { WorkerAccess } from '../attempts/dispatch-attempt.ts';
import { batchJobName } from '../model/batch-job-name.ts';
import type { Decision } from '../model/decision.ts';
import { type Job, serviceOf } from '../model/job.ts';
import { endAborted } from '../model/settle-job.ts';
import { limitReached, providedBy } from '../model/time-limits.ts';
import { touchJob } from '../model/transition-job.ts';
import { updateJob } from '../records/update-job.ts';
import { type PassTurnDeps, passTurn } from '../scheduling/pass-turn.ts';
import { batchAttempt } from './batch-attempt.ts';
import { carriesOut } from './decide-batch-event.ts';
import { stopReasons } from './stop-reasons.ts';

export interface SubmitBatchAttemptDeps extends PassTurnDeps {
  readonly batch: Pick<BatchDispatcher, 'submit' | 'find' | 'terminate'>;
  readonly targets: TargetRules;
}

export interface SubmitBatchAttemptInput extends JobKey {
  readonly attempt: number;
  /** What the claim of the attempt gave out. */
  readonly worker: WorkerAccess;
  /** True when an earlier try may have got through without our learning of it. */
  readonly isRepeated: boolean;
  /** Milliseconds until a job whose turn this submission passes on is looked at, if nothing claims it. */
  readonly reconcileAfterMs: number;
}

/**
 * `stale`: the attempt is no longer the caller's, or past a limit, and no Batch job is left of it that this call knows of. `aborted`: the job
 * was to be aborted before anything was submitted, and has ended.
 */
export type Submitted = 'submitted' | 'known' | 'stale' | 'aborted';

/**
 * Has Batch run the attempt that was claimed, and keeps the id of its Batch job. One that is no longer the claimed one,
 * or that Batch has already, is left alone. Throws `BatchRefusal` when Batch will never take it, and what else went wrong
 * otherwise; then it may have been submitted.
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
  const kept = await updateJob(deps.jobs, { tenant, jobId, known: job }, (found) =>
    keepDispatcherId(found, { ...input, dispatcherId, now: deps.clock.now() }),
  );
  // A submission that Batch took makes room for another one.
  await passTurn(deps, { job, reconcileAfterMs: input.reconcileAfterMs });
  if (kept) return logOutcome(deps, input, 'submitted');
  // Aborted or given to another execution meanwhile: nobody wants what was just submitted.
  await deps.batch.terminate(dispatcherId, stopReasons.superseded);
  return logOutcome(deps, input, 'stale');
}

/** An earlier try of this call may have submitted the attempt: what Batch tells of it then ends the job. */
function isAbortedBefore(job: Job, input: SubmitBatchAttemptInput): boolean {
  if (job.status !== 'aborting' || job.dispatcherId !== undefined || input.isRepeated) return false;
  return job.attempt === input.attempt && hasClaim(job, input);
}

/**
 * Nothing will ever be told of an attempt that Batch never got: without this, its job would wait for the sweep. Should this
 * call come twice, what the first one submitted is stopped by it, or at the next event of it.
 */
async function endUnsubmitted(
  deps: SubmitBatchAttemptDeps,
  known: Job,
  input: SubmitBatchAttemptInput,
): Promise<Submitted> {
  const { tenant, jobId } = input;
  return updateJob(deps.jobs, { tenant, jobId, known }, (found): Decision<Submitted> => {
    if (found === undefined || !isAbortedBefore(found, input)) return { answer: 'stale' };
    const abort = found.abort && ({ ...found.abort, stopped: 'not-started' } as const);
    const unstarted = abort === undefined ? found : { ...found, abort };
    return { next: endAborted(unstarted, deps.clock.now()), answer: 'aborted' };
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
  if (dispatcher.kind !== 'batch') throw new Error(`The service of the job ${job.id} is not for Batch`);
  // The right to submit is this call's own, so it relies on no other call to have asked.
  const [fault] = targetFaults(deps.targets, service);
  if (fault !== undefined) throw new BatchRefusal(`${fault.pointer} ${fault.detail}`);
  const earlier = isRepeated ? await deps.batch.find(batchJobName(job), dispatcher.jobQueue) : undefined;
  // One of an earlier claim has a worker whose token counts no more.
  if (earlier !== undefined && carriesOut(job, earlier)) return earlier.dispatcherId;
  return deps.batch.submit(batchAttempt(job, dispatcher, worker));
}

function isOwn(job: Job, input: SubmitBatchAttemptInput): boolean {
  const isProvidedFor = job.status === 'scheduled' || job.status === 'executing';
  return isProvidedFor && job.attempt === input.attempt && hasClaim(job, input);
}

/** A container of an attempt that is past a limit would begin to be stopped: the reconciler ends the attempt. */
function isTooLate(job: Job, now: number): boolean {
  const isPastQueue = job.status === 'scheduled' && now >= providedBy(job);
  return isPastQueue || limitReached(job, now) !== undefined;
}

/** The token tells the claim: a later one has another. */
function hasClaim(job: Job, { worker }: SubmitBatchAttemptInput): boolean {
  return job.claim?.tokenDigest === digest(worker.token);
}

/**
 * True when the job runs as this Batch job, or did: a quick one has reported, or its end was told, before its id was
 * written here.
 */
function keepDispatcherId(
  job: Job | undefined,
  kept: SubmitBatchAttemptInput & { readonly dispatcherId: string; readonly now: number },
): Decision<boolean> {
  if (job?.attempt === kept.attempt && job.dispatcherId === kept.dispatcherId) return { answer: true };
  if (job === undefined || job.dispatcherId !== undefined) return { answer: false };
  // The worker has reported before its Batch job's id was written here, and is about to end.
  const isReported = job.status === 'succeeded' || job.status === 'failed';
  if (isReported && job.attempt === kept.attempt) return { answer: true };
  if (!isOwn(job, kept)) return { answer: false };
  return { next: touchJob(job, kept.now, { dispatcherId: kept.dispatcherId }), answer: true };
}

function logOutcome<Outcome extends Submitted>(
  { log }: SubmitBatchAttemptDeps,
  { jobId, attempt }: SubmitBatchAttemptInput,
  outcome: Outcome,
): Outcome {
  // A line for each job would cost more than it tells.
  if (outcome !== 'submitted') log.info('batch-submit', { jobId, attempt, outcome });
  return outcome;
}
