import { tokenFingerprint } from '../../access/model/worker-token.ts';
import { omit } from '../../std/omit.ts';
import type { Decision } from './decision.ts';
import { endAtLimit } from './end-job.ts';
import { isSameExecution } from './execution-digest.ts';
import type { Job } from './job.ts';
import { limitReached, withHeartbeatCheck } from './time-limits.ts';
import { transitionJob, withWrite } from './transition-job.ts';

export interface ClaimRequest {
  readonly attempt: number;
  /** Identifies the execution that makes the claim, and its run: see `executionDigest`. */
  readonly executionDigest: string;
  /** Digest of the worker token made for this claim. */
  readonly tokenDigest: string;
  /** `scheduled` if the dispatcher provisions the attempt first, `executing` if it runs immediately. */
  readonly to: 'scheduled' | 'executing';
  readonly now: number;
  /** `ExecutionInput.start`; absent if it is not known. */
  readonly startNumber?: number | undefined;
}

export type ClaimResult =
  | { readonly claimed: true; readonly job: Job }
  /**
   * `not-available`: the attempt has another claim, has ended, or is past a limit; or the job does not exist.
   * `limit-reached`, `resource-forbidden`: the job ends with this decision.
   */
  | { readonly claimed: false; readonly reason: 'not-available' | 'limit-reached' | 'resource-forbidden' }
  | { readonly claimed: false; readonly reason: 'queued'; readonly queue: QueueEntry };

/** The target is congested: the caller must queue the job. */
export interface QueueEntry {
  readonly job: Job;
  readonly target: string;
}

/**
 * Number of worker tokens that a job remembers: enough for 10 attempts and 10 repeated claims. An older token is
 * treated as if it had never been issued.
 */
const maxIssuedTokens = 20;

const refusal: Decision<ClaimResult> = { result: { claimed: false, reason: 'not-available' } };

/**
 * Returns whether any claim of the attempt could succeed, so that reading more data for the decision is worth
 * it.
 */
export function mayClaim(job: Job | undefined, attempt: number): job is Job {
  if (job?.status === 'pending' || job?.status === 'retrying') return job.attempt + 1 === attempt;
  return (job?.status === 'scheduled' || job?.status === 'executing') && job.attempt === attempt;
}

function isClaimed({ status }: Job): boolean {
  return status === 'scheduled' || status === 'executing';
}

/**
 * Claims an attempt for one execution; all other executions are refused and end silently.
 *
 * - The same execution may claim again, because its first response may have been lost: it gets the same attempt
 *   with a new token.
 * - An attempt that its dispatcher has accepted cannot be claimed again, because its worker has a token.
 * - An attempt whose claim was removed, because no dispatcher seems to have it, goes to the first execution that
 *   claims it.
 * - No attempt starts after a limit of the job: a late claim is refused, and ends a job that still waits.
 */
export function claimAttempt(job: Job | undefined, request: ClaimRequest): Decision<ClaimResult> {
  if (!mayClaim(job, request.attempt)) return refusal;
  // The reconciler ends a claimed attempt that is past a limit; no new execution of it may start.
  if (isClaimed(job) && limitReached(job, request.now) !== undefined) return refusal;
  if (job.status === 'scheduled') return claimScheduled(job, request);
  if (job.status === 'executing') return claimExecuting(job, request);
  // The attempt of this start was released, and its execution runs a second time. If this run claimed the
  // attempt, a late report of the refusal could end its work.
  if (request.startNumber !== undefined && request.startNumber <= (job.releasedAtStart ?? 0)) return refusal;
  const limit = limitReached(job, request.now);
  if (limit !== undefined) {
    const result = { claimed: false, reason: 'limit-reached' } as const;
    return { next: endAtLimit(job, limit, request.now), result };
  }
  return claimDecision(
    request.to === 'scheduled' ? scheduleAttempt(job, request) : startExecuting(job, request),
  );
}

/** Claims an attempt again that was claimed, but that its dispatcher has not accepted. */
function claimScheduled(job: Job, request: ClaimRequest): Decision<ClaimResult> {
  const isFree = job.claim === undefined || isOwnClaim(job, request);
  if (job.dispatcherId !== undefined || !isFree) return refusal;
  // The new submission gets as much time as the one of the previous claim.
  const scheduledAt = Math.max(request.now, job.updatedAt);
  return claimDecision(withWrite(job, request.now, { ...claimMembers(job, request), scheduledAt }));
}

/** Claims an attempt again that runs on Lambda. */
function claimExecuting(job: Job, request: ClaimRequest): Decision<ClaimResult> {
  if (!isOwnClaim(job, request) || request.to === 'scheduled') return refusal;
  const members = claimMembers(job, request);
  const claim = repeatedClaim(job, members.claim);
  // The function runs again with its full time, so the time limit of the attempt restarts.
  const startedAt = Math.max(request.now, job.updatedAt);
  return claimDecision(withWrite(job, request.now, { ...members, claim, startedAt }));
}

function isOwnClaim({ claim }: Job, { executionDigest }: ClaimRequest): boolean {
  return isSameExecution(claim?.executionDigest, executionDigest);
}

type ClaimMembers = Required<Pick<Job, 'claim' | 'issuedTokenFingerprints'>>;

/** The members of a job that a claim sets; the fingerprint of its token is appended to the issued ones. */
function claimMembers(
  { issuedTokenFingerprints: earlier = [] }: Job,
  { executionDigest, tokenDigest }: ClaimRequest,
): ClaimMembers {
  const fingerprints = [...earlier, tokenFingerprint(tokenDigest)];
  return {
    claim: { executionDigest, tokenDigest },
    issuedTokenFingerprints: fingerprints.slice(-maxIssuedTokens),
  };
}

/**
 * Claims an attempt that runs immediately. A Lambda attempt is never provisioned visibly, so one write sets both
 * times and there is no `scheduled` event.
 */
function startExecuting(job: Job, request: ClaimRequest): Job {
  const at = Math.max(request.now, job.updatedAt);
  const transitioned = transitionJob(omit(job, ['nextAttemptAt', 'releasedAtStart']), 'executing', {
    now: at,
    change: { attempt: request.attempt, scheduledAt: at, startedAt: at },
  });
  return withHeartbeatCheck({ ...transitioned, ...claimMembers(job, request) });
}

/** The members of a job that belong to its wait for the attempt, or to the previous attempt. */
const membersBeforeSchedule = [
  'nextAttemptAt',
  'startedAt',
  'dispatcherId',
  'waitingReason',
  'releasedAtStart',
] as const;

/** Claims an attempt that its dispatcher provisions first. */
function scheduleAttempt(job: Job, request: ClaimRequest): Job {
  const at = Math.max(request.now, job.updatedAt);
  const transitioned = transitionJob(omit(job, membersBeforeSchedule), 'scheduled', {
    now: at,
    change: { attempt: request.attempt, scheduledAt: at },
  });
  return { ...transitioned, ...claimMembers(job, request) };
}

/**
 * The claim of an attempt that is claimed again. The same run repeats its claim because its first response was
 * lost; another run may find that the earlier one has started the attempt.
 */
function repeatedClaim({ claim: previous }: Job, claim: ClaimMembers['claim']): ClaimMembers['claim'] {
  const isSameRun = previous?.executionDigest === claim.executionDigest && previous.isRepeated !== true;
  return isSameRun ? claim : { ...claim, isRepeated: true };
}

function claimDecision(job: Job): Decision<ClaimResult> {
  return { next: job, result: { claimed: true, job } };
}
