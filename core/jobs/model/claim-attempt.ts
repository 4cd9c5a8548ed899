import { tokenMark } from '../../access/model/worker-token.ts';
import type { Decision } from './decision.ts';
import { isSameExecution } from './execution-digest.ts';
import type { Job } from './job.ts';
import { endAtLimit } from './settle-job.ts';
import { limitReached, watchSilence } from './time-limits.ts';
import { touchJob, transitionJob } from './transition-job.ts';

export interface Claim {
  readonly attempt: number;
  /** Digest of the id of the execution that claims. */
  readonly executionDigest: string;
  /** Digest of the worker token made for this claim. */
  readonly tokenDigest: string;
  /** `scheduled` where a dispatcher has to provide for the attempt first, `executing` where it runs at once. */
  readonly to: 'scheduled' | 'executing';
  readonly now: number;
  /** `ExecutionInput.start`; absent where it is not known. */
  readonly start?: number | undefined;
}

export type ClaimAnswer =
  | { readonly claimed: true; readonly job: Job; readonly queue?: never }
  /** `queue`: the target is congested, and the job is to be queued for its turn. */
  | { readonly claimed: false; readonly queue?: { readonly job: Job; readonly target: string } };

/**
 * How many tokens a job knows again: 10 attempts, and as many claims that were repeated. The holder of an older one is
 * refused as if it had never been issued.
 */
const maxIssuedTokens = 20;

const refused: Decision<ClaimAnswer> = { answer: { claimed: false } };

/** True when a claim may succeed at all, whoever makes it: what is needed to decide it is worth reading. */
export function mayClaim(job: Job | undefined, attempt: number): job is Job {
  if (job?.status === 'pending' || job?.status === 'retrying') return job.attempt + 1 === attempt;
  return (job?.status === 'scheduled' || job?.status === 'executing') && job.attempt === attempt;
}

function isClaimed({ status }: Job): boolean {
  return status === 'scheduled' || status === 'executing';
}

/**
 * Takes an attempt for one execution. The same execution may claim again, since its first answer may have been
 * lost: it gets the same attempt with a fresh token. Every other one is refused and ends silently. An attempt that
 * its dispatcher has is never claimed again, for its worker has a token; one that was taken from its execution, because
 * no dispatcher seems to have it, has no claim and goes to the first that comes. Nothing begins after a limit of the job: a
 * claim that comes later ends a job that still waits, and is refused.
 */
export function claimAttempt(job: Job | undefined, claim: Claim): Decision<ClaimAnswer> {
  if (!mayClaim(job, claim.attempt)) return refused;
  // What becomes of an attempt that somebody has is the reconciler's to find out, but nothing of it begins anew.
  if (isClaimed(job) && limitReached(job, claim.now) !== undefined) return refused;
  const tokens = tokensOf(job, claim);
  const isOwn = isSameExecution(job.claim?.executionDigest, claim.executionDigest);
  if (job.status === 'scheduled') {
    const isFree = job.dispatcherId === undefined && (isOwn || job.claim === undefined);
    // Its submission has as much time as that of the claim before.
    const scheduledAt = Math.max(claim.now, job.updatedAt);
    return isFree ? claimed(touchJob(job, claim.now, { ...tokens, scheduledAt })) : refused;
  }
  if (job.status === 'executing') {
    if (!isOwn || claim.to === 'scheduled') return refused;
    // The function is run anew, with all of its time: the attempt's limit begins again.
    const startedAt = Math.max(claim.now, job.updatedAt);
    return claimed(
      touchJob(job, claim.now, { ...tokens, claim: repeatedClaim(job, tokens.claim), startedAt }),
    );
  }
  // Another run of an execution whose attempt was given back: a late report of the refusal would end what it began.
  if (claim.start !== undefined && claim.start <= (job.releasedBy ?? 0)) return refused;
  const limit = limitReached(job, claim.now);
  if (limit !== undefined) return { next: endAtLimit(job, limit, claim.now), answer: { claimed: false } };
  return claimed(
    claim.to === 'scheduled' ? provideFor(job, claim, tokens) : startExecuting(job, claim, tokens),
  );
}

type Tokens = Required<Pick<Job, 'claim' | 'issuedTokens'>>;

/** The claim, with the mark of its token behind those of the tokens that were issued before. */
function tokensOf({ issuedTokens = [] }: Job, { executionDigest, tokenDigest }: Claim): Tokens {
  const marks = [...issuedTokens, tokenMark(tokenDigest)];
  return { claim: { executionDigest, tokenDigest }, issuedTokens: marks.slice(-maxIssuedTokens) };
}

/** One write stamps both times: a Lambda attempt has no provisioning that could be seen (no `scheduled` event). */
function startExecuting(job: Job, claim: Claim, tokens: Tokens): Job {
  const { nextAttemptAt: _, releasedBy: __, ...waiting } = job;
  const at = Math.max(claim.now, job.updatedAt);
  const transitioned = transitionJob(waiting, 'executing', {
    now: at,
    change: { attempt: claim.attempt, scheduledAt: at, startedAt: at },
  });
  return watchSilence({ ...transitioned, ...tokens });
}

/** Nothing of the attempt before it is left, such as the time at which that one began. */
function provideFor(job: Job, claim: Claim, tokens: Tokens): Job {
  const { nextAttemptAt: _, startedAt: __, dispatcherId: ___, waitingReason: ____, ...rest } = job;
  const { releasedBy: _____, ...waiting } = rest;
  const at = Math.max(claim.now, job.updatedAt);
  const transitioned = transitionJob(waiting, 'scheduled', {
    now: at,
    change: { attempt: claim.attempt, scheduledAt: at },
  });
  return { ...transitioned, ...tokens };
}

/** A run that claims again has lost its answer; another run may have begun what it claimed. */
function repeatedClaim({ claim: before }: Job, claim: Tokens['claim']): Tokens['claim'] {
  const isSameRun = before?.executionDigest === claim.executionDigest && before.isRepeated !== true;
  return isSameRun ? claim : { ...claim, isRepeated: true };
}

function claimed(job: Job): Decision<ClaimAnswer> {
  return { next: job, answer: { claimed: true, job } };
}
