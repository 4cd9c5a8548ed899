import type { Job } from './job.ts';
import { moveJob, touchJob } from './move-job.ts';
import type { Decision } from './update-job.ts';

export interface Claim {
  readonly attempt: number;
  /** Digest of the id of the execution that claims. */
  readonly executionDigest: string;
  /** Digest of the worker token made for this claim. */
  readonly tokenDigest: string;
  readonly now: number;
}

export type ClaimAnswer = { readonly claimed: true; readonly job: Job } | { readonly claimed: false };

const refused: Decision<ClaimAnswer> = { answer: { claimed: false } };

/**
 * Takes an attempt for one execution. The same execution may claim again, since its first answer may have been
 * lost: it gets the same attempt with a fresh token. Every other one is refused and ends silently.
 */
export function claimAttempt(job: Job | undefined, claim: Claim): Decision<ClaimAnswer> {
  if (job === undefined) return refused;
  const tokens = { executionDigest: claim.executionDigest, tokenDigest: claim.tokenDigest };
  if (job.status === 'executing' && job.attempt === claim.attempt) {
    if (job.claim?.executionDigest !== claim.executionDigest) return refused;
    // The function is run anew, with all of its time: the attempt's limit begins again.
    return claimed(
      touchJob(job, claim.now, { claim: tokens, startedAt: Math.max(claim.now, job.updatedAt) }),
    );
  }
  const waits = job.status === 'pending' || job.status === 'retrying';
  if (!waits || job.attempt + 1 !== claim.attempt) return refused;
  return claimed(startExecuting(job, claim, tokens));
}

/** One write stamps both times: a Lambda attempt has no provisioning that could be seen (no `scheduled` event). */
function startExecuting(job: Job, claim: Claim, tokens: NonNullable<Job['claim']>): Job {
  const { nextAttemptAt: _, ...waiting } = job;
  const at = Math.max(claim.now, job.updatedAt);
  const moved = moveJob(waiting, 'executing', {
    now: at,
    change: { attempt: claim.attempt, scheduledAt: at, startedAt: at },
  });
  return { ...moved, claim: tokens };
}

function claimed(job: Job): Decision<ClaimAnswer> {
  return { next: job, answer: { claimed: true, job } };
}
