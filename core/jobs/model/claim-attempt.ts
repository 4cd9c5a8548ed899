import { tokenMark } from '../../access/model/worker-token.ts';
import type { Decision } from './decision.ts';
import { isSameExecution } from './execution-digest.ts';
import type { Job } from './job.ts';
import { endAtLimit } from './settle-job.ts';
import { limitReached, watchSilence } from './time-limits.ts';
import { touchJob, transitionJob } from './transition-job.ts';

export interface Claim {
  readonly attempt: number;
  /** Digest of the id of the execution that makes the claim. */
  readonly executionDigest: string;
  /** Digest of the worker token made for this claim. */
  readonly tokenDigest: string;
  /** `scheduled` if the dispatcher has to provision the attempt first, `executing` if it runs at once. */
  readonly to: 'scheduled' | 'executing';
  readonly now: number;
  /** `ExecutionInput.start`; absent if it is not known. */
  readonly start?: number | undefined;
}

export type ClaimResult =
  | { readonly claimed: true; readonly job: Job; readonly queue?: never }
  /** `queue`: the target is congested; the job must be queued. */
  | { readonly claimed: false; readonly queue?: { readonly job: Job; readonly target: string } };

/**
 * Number of worker tokens that a job remembers: enough for 10 attempts and 10 repeated claims. The holder of
 * an older token is refused as if the token had never been issued.
 */
const maxIssuedTokens = 20;

const refused: Decision<ClaimResult> = { result: { claimed: false } };

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
 * Claims an attempt for one execution. The same execution may claim again, because its first response may
 * have been lost: it gets the same attempt with a new token. All other executions are refused and end
 * silently.
 *
 * An attempt that its dispatcher has accepted cannot be claimed again, because its worker has a token. An
 * attempt whose claim was removed, because no dispatcher seems to have it, goes to the first execution that
 * claims it. No attempt starts after a limit of the job: a late claim ends a job that still waits, and is
 * refused.
 */
export function claimAttempt(job: Job | undefined, claim: Claim): Decision<ClaimResult> {
  if (!mayClaim(job, claim.attempt)) return refused;
  // The reconciler ends a claimed attempt that is past a limit; no new execution of it may start.
  if (isClaimed(job) && limitReached(job, claim.now) !== undefined) return refused;
  const tokens = tokensOf(job, claim);
  const isOwn = isSameExecution(job.claim?.executionDigest, claim.executionDigest);
  if (job.status === 'scheduled') {
    const isFree = job.dispatcherId === undefined && (isOwn || job.claim === undefined);
    // The new submission gets as much time as the one of the previous claim.
    const scheduledAt = Math.max(claim.now, job.updatedAt);
    return isFree ? claimed(touchJob(job, claim.now, { ...tokens, scheduledAt })) : refused;
  }
  if (job.status === 'executing') {
    if (!isOwn || claim.to === 'scheduled') return refused;
    // The function runs again with its full time, so the time limit of the attempt restarts.
    const startedAt = Math.max(claim.now, job.updatedAt);
    return claimed(
      touchJob(job, claim.now, { ...tokens, claim: repeatedClaim(job, tokens.claim), startedAt }),
    );
  }
  // A second run of an execution whose attempt was released: a late report of the refusal would end its work.
  if (claim.start !== undefined && claim.start <= (job.releasedBy ?? 0)) return refused;
  const limit = limitReached(job, claim.now);
  if (limit !== undefined) return { next: endAtLimit(job, limit, claim.now), result: { claimed: false } };
  return claimed(
    claim.to === 'scheduled' ? scheduleAttempt(job, claim, tokens) : startExecuting(job, claim, tokens),
  );
}

type Tokens = Required<Pick<Job, 'claim' | 'issuedTokens'>>;

/** The claim, and the list of issued token marks with the mark of the new token appended. */
function tokensOf({ issuedTokens = [] }: Job, { executionDigest, tokenDigest }: Claim): Tokens {
  const marks = [...issuedTokens, tokenMark(tokenDigest)];
  return { claim: { executionDigest, tokenDigest }, issuedTokens: marks.slice(-maxIssuedTokens) };
}

/**
 * One write sets both times: a Lambda attempt has no visible provisioning phase, so there is no `scheduled`
 * event.
 */
function startExecuting(job: Job, claim: Claim, tokens: Tokens): Job {
  const { nextAttemptAt: _, releasedBy: __, ...waiting } = job;
  const at = Math.max(claim.now, job.updatedAt);
  const transitioned = transitionJob(waiting, 'executing', {
    now: at,
    change: { attempt: claim.attempt, scheduledAt: at, startedAt: at },
  });
  return watchSilence({ ...transitioned, ...tokens });
}

/** Nothing of the previous attempt is kept, such as its start time. */
function scheduleAttempt(job: Job, claim: Claim, tokens: Tokens): Job {
  const { nextAttemptAt: _, startedAt: __, dispatcherId: ___, waitingReason: ____, ...rest } = job;
  const { releasedBy: _____, ...waiting } = rest;
  const at = Math.max(claim.now, job.updatedAt);
  const transitioned = transitionJob(waiting, 'scheduled', {
    now: at,
    change: { attempt: claim.attempt, scheduledAt: at },
  });
  return { ...transitioned, ...tokens };
}

/**
 * A run that claims again lost its first response; if another run claims, it may have started the attempt.
 */
function repeatedClaim({ claim: before }: Job, claim: Tokens['claim']): Tokens['claim'] {
  const isSameRun = before?.executionDigest === claim.executionDigest && before.isRepeated !== true;
  return isSameRun ? claim : { ...claim, isRepeated: true };
}

function claimed(job: Job): Decision<ClaimResult> {
  return { next: job, result: { claimed: true, job } };
}
