import { isTerminal } from '../../contract/job-state.ts';
import type { Job } from '../model/job.ts';

const longestSeconds = 60;

/**
 * Whole seconds, 1 to 60, until another look at a job is worth it: what is left of the time that such jobs take, or
 * where that is not known or over, a tenth of the time that this one has taken so far.
 * @param typicalSeconds from when such a job is `pending` to its end; undefined when nothing is known
 */
export function retryAfterSeconds(job: Job, now: number, typicalSeconds?: number): number {
  return Math.min(longestSeconds, Math.max(1, Math.ceil(secondsLeft(job, now, typicalSeconds))));
}

function secondsLeft(job: Job, now: number, typicalSeconds: number | undefined): number {
  switch (job.status) {
    // Nothing happens to them until somebody edits or starts them.
    case 'draft':
    case 'ready':
      return longestSeconds;
    // How long its dependencies take is nothing that its own service tells.
    case 'waiting':
      return backOff(now - sinceOf(job));
    case 'aborting':
      return backOff(now - (job.abort?.requestedAt ?? sinceOf(job)));
    case 'retrying':
      return left(now - (job.nextAttemptAt ?? sinceOf(job)), typicalSeconds ?? 0);
    default:
      if (isTerminal(job.status)) return 0;
      return typicalSeconds === undefined
        ? backOff(now - sinceOf(job))
        : left(now - sinceOf(job), typicalSeconds);
  }
}

function left(elapsedMilliseconds: number, typicalSeconds: number): number {
  const seconds = typicalSeconds - elapsedMilliseconds / 1000;
  return seconds > 0 ? seconds : backOff(elapsedMilliseconds);
}

function backOff(elapsedMilliseconds: number): number {
  return elapsedMilliseconds / 10_000;
}

/** When what it does now began: a retry begins anew, a claim goes on with what the job waited for. */
function sinceOf(job: Job): number {
  const began = job.transitions.findLast(({ status }) => status !== 'scheduled' && status !== 'executing');
  return began?.at ?? job.requestedAt;
}
