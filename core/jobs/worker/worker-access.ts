import { sameDigest, tokenFingerprint } from '../../access/model/worker-token.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { isOnBatch } from '../model/is-on-batch.ts';
import type { ClaimedJob, Invocation, Job } from '../model/job.ts';
import type { JobRef } from '../records/update-job.ts';

/** The worker that calls, as its token and headers identify it. */
export interface WorkerCaller {
  /** The job in the path, with the tenant of the token. */
  readonly key: JobKey;
  /** SHA-256 of the token. */
  readonly tokenDigest: string;
  /** ID of the worker: an AWS Batch job ID; a Lambda function has none. */
  readonly workerId?: string;
  /** The run of the function, if the worker reports it. */
  readonly invocation?: Invocation;
  /** The job as it was when the token was checked, which saves the first read. */
  readonly current?: Job;
}

/**
 * Authenticates a caller: its job must have issued its token, for any attempt. Throws `unauthenticated`. A
 * missing job, a deleted job and a wrong token all cost one read, so the response time reveals nothing about
 * the job.
 */
export async function admitWorker(
  jobs: Pick<JobStore, 'get'>,
  caller: WorkerCaller,
): Promise<WorkerCaller & { readonly current: Job }> {
  return { ...caller, current: requireIssuedToken(await jobs.get(caller.key), caller) };
}

/** The job of the caller, as the target of an update. */
export function refOf({ key, current }: WorkerCaller): JobRef {
  return { ...key, ...omitUndefined({ current }) };
}

/** Reads the job whose current attempt the caller carries out. Throws as `requireCurrentClaim` does. */
export async function readClaimedJob(jobs: Pick<JobStore, 'get'>, caller: WorkerCaller): Promise<ClaimedJob> {
  return requireCurrentClaim(caller.current ?? (await jobs.get(caller.key)), caller);
}

/**
 * Returns the job if the caller carries out its current attempt. Throws `unauthenticated`, `stale-attempt`
 * and `invalid-request`.
 */
export function requireCurrentClaim(job: Job | undefined, caller: WorkerCaller): ClaimedJob {
  const current = requireIssuedToken(job, caller);
  if (!hasCurrentClaim(current, caller)) throw staleAttemptProblem();
  requireWorkerId(current, caller);
  return current;
}

/**
 * Returns the job if it issued the caller's token. Throws `unauthenticated`, with the same text for a job
 * that does not exist, belongs to another tenant, or was deleted.
 */
export function requireIssuedToken(job: Job | undefined, caller: WorkerCaller): Job {
  if (job === undefined || !hasIssuedToken(job, caller)) throw unknownTokenProblem();
  return job;
}

/** The problem of a request without a token of its job; it is the same for every job. */
export function unknownTokenProblem(): ProblemError {
  return new ProblemError(
    'unauthenticated',
    "Send the token of one of the job's attempts as `Authorization: Bearer <token>`",
  );
}

/**
 * If the job was claimed before fingerprints were stored, only the tokens of its current and its last ended
 * claim are recognized.
 */
function hasIssuedToken(job: Job, caller: WorkerCaller): boolean {
  const { claim, issuedTokenFingerprints = [] } = job;
  const fingerprint = tokenFingerprint(caller.tokenDigest);
  const isIssued = issuedTokenFingerprints.some((issued) => sameDigest(issued, fingerprint));
  return isIssued || sameDigest(claim?.tokenDigest ?? '', caller.tokenDigest) || hadLastClaim(job, caller);
}

/** Returns whether the caller's token is that of the job's last ended claim. */
export function hadLastClaim({ endedClaim }: Job, { tokenDigest }: WorkerCaller): boolean {
  return endedClaim !== undefined && sameDigest(endedClaim.tokenDigest, tokenDigest);
}

/** The problem of a report for an attempt that is not, or no longer, the current one. */
export function staleAttemptProblem(): ProblemError {
  return new ProblemError(
    'stale-attempt',
    'The caller is not, or is no longer, the worker of the current attempt; stop working on it',
  );
}

function hasCurrentClaim(job: Job, { tokenDigest, workerId }: WorkerCaller): job is ClaimedJob {
  const { claim } = job;
  if (claim === undefined || !sameDigest(claim.tokenDigest, tokenDigest)) return false;
  if (claim.workerId !== undefined) return claim.workerId === workerId;
  // Batch may have identified the worker first, by the response to a submission or by an event.
  return workerId === undefined || job.dispatcherId === undefined || job.dispatcherId === workerId;
}

/** If an attempt was submitted twice, two containers have the same token: only their IDs distinguish them. */
function requireWorkerId(job: Job, { workerId }: WorkerCaller): void {
  if (workerId !== undefined || !isOnBatch(job)) return;
  throw new ProblemError('invalid-request', 'Send AWS_BATCH_JOB_ID in the header Errand-Worker-Id');
}
