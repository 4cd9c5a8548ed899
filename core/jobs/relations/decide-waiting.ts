import { isDeepStrictEqual } from 'node:util';
import { endAtLimit, endWithFailure } from '../model/end-job.ts';
import type { Failure, Job, WaitingReason } from '../model/job.ts';
import { firstCheckAt } from '../model/job-start.ts';
import { limitReached } from '../model/time-limits.ts';
import { transitionJob, withWrite } from '../model/transition-job.ts';
import { type Dependency, failedDependencies, unfinishedIds } from './read-dependencies.ts';

/** Maximum number of IDs in the text. */
const maxListed = 5;

/**
 * The waiting reason of a job with dependencies; `jobIds` are the dependencies that have not succeeded yet.
 */
export function dependencyReason(jobIds: readonly string[]): WaitingReason {
  const detail =
    jobIds.length === 1 ? 'Waiting for a job to succeed' : `Waiting for ${jobIds.length} jobs to succeed`;
  return { code: 'dependencies', detail, jobIds };
}

/**
 * The decision for a waiting job: it becomes pending once all dependencies have succeeded, ends once a
 * dependency can no longer succeed or its own time limit is reached, and otherwise lists the remaining
 * dependencies in its waiting reason. Undefined if nothing changes.
 * @param reconcileAfterMs milliseconds after which a job that becomes pending is checked if it was not
 * claimed
 */
export function decideWaiting(
  job: Job,
  dependencies: readonly Dependency[],
  { now, reconcileAfterMs }: { readonly now: number; readonly reconcileAfterMs: number },
): Job | undefined {
  if (limitReached(job, now) !== undefined) return endAtLimit(job, 'timeout', now);
  const failed = failedDependencies(dependencies);
  if (failed.length > 0) return endWithFailure(job, dependencyFailure(failed), now);
  const unfinished = unfinishedIds(dependencies);
  const at = Math.max(now, job.updatedAt);
  if (unfinished.length === 0) {
    return transitionJob(job, 'pending', {
      now: at,
      change: {},
      nextCheckAt: firstCheckAt(job.limits, at, reconcileAfterMs),
    });
  }
  const waitingReason = dependencyReason(unfinished);
  return isDeepStrictEqual(job.waitingReason, waitingReason)
    ? undefined
    : withWrite(job, now, { waitingReason });
}

function dependencyFailure(failed: readonly Dependency[]): Failure {
  const descriptions = failed
    .slice(0, maxListed)
    .map(({ jobId, status }) =>
      status === 'deleted' ? `${jobId} was deleted` : `${jobId} ended as ${status}`,
    );
  const more = failed.length > maxListed ? `; and ${failed.length - maxListed} more` : '';
  const detail = `A dependency of the job did not succeed: ${descriptions.join('; ')}${more}`;
  return { code: 'dependency-failed', detail, retryable: false, attempt: 0 };
}
