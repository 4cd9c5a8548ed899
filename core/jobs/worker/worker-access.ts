import { sameDigest } from '../../access/worker-token.ts';
import { ProblemError } from '../../contract/problem-error.ts';
import type { JobKey } from '../../ports/job-store.ts';
import { isOnBatch } from '../batch/batch-job-name.ts';
import type { Claim, Job } from '../job.ts';

/** Who speaks for an attempt, as its token and header tell. */
export interface WorkerCaller {
  /** The job in the path, of the tenant that the token names. */
  readonly key: JobKey;
  /** SHA-256 of the token. */
  readonly tokenDigest: string;
  /** What the worker calls itself: an AWS Batch job id; a Lambda function has none. */
  readonly workerId?: string;
}

/** A job whose current attempt is the caller's. */
export type HeldJob = Job & { readonly claim: Claim };

/** The job if the caller holds its current attempt. Throws `not-found`, `stale-attempt` and `invalid-request`. */
export function requireHeld(job: Job | undefined, caller: WorkerCaller): HeldJob {
  const known = requireJob(job, caller);
  if (!holds(known, caller)) throw staleAttempt();
  requireNamed(known, caller);
  return known;
}

/** Throws `not-found` when the tenant of the token has no such job, whoever else may have one. */
export function requireJob(job: Job | undefined, { key }: WorkerCaller): Job {
  if (job === undefined) throw new ProblemError('not-found', `There is no job ${key.jobId}`);
  return job;
}

/** Whether the caller was the last to hold an attempt of the job, and the attempt has ended. */
export function heldLast({ endedClaim }: Job, { tokenDigest }: WorkerCaller): boolean {
  return endedClaim !== undefined && sameDigest(endedClaim.tokenDigest, tokenDigest);
}

export function staleAttempt(): ProblemError {
  return new ProblemError(
    'stale-attempt',
    'Stop: this is not, or no longer, the worker of the current attempt',
  );
}

function holds(job: Job, { tokenDigest, workerId }: WorkerCaller): job is HeldJob {
  const { claim } = job;
  if (claim === undefined || !sameDigest(claim.tokenDigest, tokenDigest)) return false;
  if (claim.workerId !== undefined) return claim.workerId === workerId;
  // Batch may have said first whose attempt it is: by the answer to a submission, or by an event.
  return workerId === undefined || job.dispatcherId === undefined || job.dispatcherId === workerId;
}

/** Two containers may have the token of one attempt, when it was submitted twice: only their names tell them apart. */
function requireNamed(job: Job, { workerId }: WorkerCaller): void {
  if (workerId !== undefined || !isOnBatch(job)) return;
  throw new ProblemError('invalid-request', 'Send AWS_BATCH_JOB_ID in the header Errand-Worker-Id');
}
