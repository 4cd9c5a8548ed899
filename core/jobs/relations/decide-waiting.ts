import { isDeepStrictEqual } from 'node:util';
import { firstDueAt } from '../model/begin-job.ts';
import type { Failure, Job, WaitingReason } from '../model/job.ts';
import { endAtLimit, endWithFailure } from '../model/settle-job.ts';
import { limitReached } from '../model/time-limits.ts';
import { touchJob, transitionJob } from '../model/transition-job.ts';
import { failedOf, type NeededJob, openOf } from './read-dependencies.ts';

/** Only so many ids are told in words. */
const maxListed = 5;

/** Why a job waits for others; `jobIds` are those that have not succeeded yet. */
export function waitsFor(jobIds: readonly string[]): WaitingReason {
  const detail =
    jobIds.length === 1 ? 'Waits for a job to succeed' : `Waits for ${jobIds.length} jobs to succeed`;
  return { code: 'dependencies', detail, jobIds };
}

/**
 * What the state of the jobs that it needs makes of a waiting job: it goes on once all have succeeded, ends once one
 * cannot succeed any more or its own time limit is reached, and otherwise tells those that it still waits for. Undefined
 * when nothing changes.
 * @param reconcileAfterMs milliseconds until a job that goes on is looked at, if nothing claims it
 */
export function decideWaiting(
  job: Job,
  needed: readonly NeededJob[],
  { now, reconcileAfterMs }: { readonly now: number; readonly reconcileAfterMs: number },
): Job | undefined {
  if (limitReached(job, now) !== undefined) return endAtLimit(job, 'timeout', now);
  const failed = failedOf(needed);
  if (failed.length > 0) return endWithFailure(job, dependencyFailure(failed), now);
  const open = openOf(needed);
  const at = Math.max(now, job.updatedAt);
  if (open.length === 0) {
    return transitionJob(job, 'pending', {
      now: at,
      change: {},
      nextCheckAt: firstDueAt(job.limits, at, reconcileAfterMs),
    });
  }
  const waitingReason = waitsFor(open);
  return isDeepStrictEqual(job.waitingReason, waitingReason)
    ? undefined
    : touchJob(job, now, { waitingReason });
}

function dependencyFailure(failed: readonly NeededJob[]): Failure {
  const told = failed
    .slice(0, maxListed)
    .map(({ jobId, status }) => (status === 'gone' ? `${jobId} was deleted` : `${jobId} ended as ${status}`));
  const more = failed.length > maxListed ? `; and ${failed.length - maxListed} more` : '';
  const detail = `A job that this one needs did not succeed: ${told.join('; ')}${more}`;
  return { code: 'dependency-failed', detail, retryable: false, attempt: 0 };
}
