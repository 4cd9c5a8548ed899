import { sameDigest, tokenMark } from '../../access/model/worker-token.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { isOnBatch } from '../model/batch-job-name.ts';
import type { ClaimedJob, Job } from '../model/job.ts';
import type { Target } from '../records/update-job.ts';

/** Who speaks for an attempt, as its token and header tell. */
export interface WorkerCaller {
  /** The job in the path, of the tenant that the token names. */
  readonly key: JobKey;
  /** SHA-256 of the token. */
  readonly tokenDigest: string;
  /** What the worker calls itself: an AWS Batch job id; a Lambda function has none. */
  readonly workerId?: string;
  /** The job as it was when the token was checked, which saves the first read. */
  readonly known?: Job;
}

/**
 * The caller with the job whose token it has, of whichever attempt. Throws `unauthenticated`. One read answers it, whether
 * there is no such job, was one, or has another token: how long it takes shows nothing of the job.
 */
export async function admitWorker(
  jobs: Pick<JobStore, 'get'>,
  caller: WorkerCaller,
): Promise<WorkerCaller & { readonly known: Job }> {
  return { ...caller, known: requireIssued(await jobs.get(caller.key), caller) };
}

/** The caller's job, to be changed. */
export function targetOf({ key, known }: WorkerCaller): Target {
  return { ...key, ...omitUndefined({ known }) };
}

/** Reads the job of which the caller holds the current attempt. Throws as `requireHeld` does. */
export async function readClaimedJob(jobs: Pick<JobStore, 'get'>, caller: WorkerCaller): Promise<ClaimedJob> {
  return requireCurrentClaim(caller.known ?? (await jobs.get(caller.key)), caller);
}

/** The job if the caller holds its current attempt. Throws `unauthenticated`, `stale-attempt` and `invalid-request`. */
export function requireCurrentClaim(job: Job | undefined, caller: WorkerCaller): ClaimedJob {
  const known = requireIssued(job, caller);
  if (!hasCurrentClaim(known, caller)) throw staleAttempt();
  requireNamed(known, caller);
  return known;
}

/**
 * The job if it issued the caller's token. Throws `unauthenticated`, in the same words for a job that does not exist, is
 * another tenant's, or was deleted.
 */
export function requireIssued(job: Job | undefined, caller: WorkerCaller): Job {
  if (job === undefined || !hasIssued(job, caller)) throw unknownToken();
  return job;
}

/** The problem of a request without a token that its job issued; the same whatever the job is. */
export function unknownToken(): ProblemError {
  return new ProblemError(
    'unauthenticated',
    "Send the token of one of the job's attempts as `Authorization: Bearer <token>`",
  );
}

/** A job that was claimed before marks were kept knows the tokens of its claims only. */
function hasIssued(job: Job, caller: WorkerCaller): boolean {
  const { claim, issuedTokens = [] } = job;
  const mark = tokenMark(caller.tokenDigest);
  const isMarked = issuedTokens.some((issued) => sameDigest(issued, mark));
  return isMarked || sameDigest(claim?.tokenDigest ?? '', caller.tokenDigest) || hadLastClaim(job, caller);
}

/** Whether the caller was the last to hold an attempt of the job, and the attempt has ended. */
export function hadLastClaim({ endedClaim }: Job, { tokenDigest }: WorkerCaller): boolean {
  return endedClaim !== undefined && sameDigest(endedClaim.tokenDigest, tokenDigest);
}

export function staleAttempt(): ProblemError {
  return new ProblemError(
    'stale-attempt',
    'Stop: this is not, or no longer, the worker of the current attempt',
  );
}

function hasCurrentClaim(job: Job, { tokenDigest, workerId }: WorkerCaller): job is ClaimedJob {
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
