import { isTerminal } from '../../contract/job-state.ts';
import type { Job } from '../model/job.ts';

const longestSeconds = 60;

/**
 * Seconds to wait before polling the job again, from 1 to 60: the rest of the typical duration; if that is
 * unknown or over, a tenth of the time that the job has taken so far.
 * @param typicalSeconds typical duration from `pending` to the end; undefined if it is not known
 */
export function retryAfterSeconds(job: Job, now: number, typicalSeconds?: number): number {
  return Math.min(longestSeconds, Math.max(1, Math.ceil(secondsLeft(job, now, typicalSeconds))));
}

function secondsLeft(job: Job, now: number, typicalSeconds: number | undefined): number {
  switch (job.status) {
    // Nothing happens to these jobs until a client edits or starts them.
    case 'draft':
    case 'ready':
      return longestSeconds;
    // The duration of the dependencies cannot be derived from the job's own service.
    case 'waiting':
      return backOff(now - sinceOf(job));
    case 'aborting':
      return backOff(now - (job.abort?.requestedAt ?? sinceOf(job)));
    case 'retrying':
      return remainingSeconds(now - (job.nextAttemptAt ?? sinceOf(job)), typicalSeconds ?? 0);
    default:
      if (isTerminal(job.status)) return 0;
      return typicalSeconds === undefined
        ? backOff(now - sinceOf(job))
        : remainingSeconds(now - sinceOf(job), typicalSeconds);
  }
}

function remainingSeconds(elapsedMs: number, typicalSeconds: number): number {
  const seconds = typicalSeconds - elapsedMs / 1000;
  return seconds > 0 ? seconds : backOff(elapsedMs);
}

function backOff(elapsedMs: number): number {
  return elapsedMs / 10_000;
}

/** When the current phase started: a retry starts a new phase, a claim continues the phase of the wait. */
function sinceOf(job: Job): number {
  const phaseStart = job.transitions.findLast(
    ({ status }) => status !== 'scheduled' && status !== 'executing',
  );
  return phaseStart?.at ?? job.requestedAt;
}
