import type { AttemptLog, Job } from './job.ts';

/**
 * Lines can be read a moment after they were written, and an end may be known before its container has written the last
 * ones: a worker reports while it still runs.
 */
const settlingMilliseconds = 10_000;

/** The job with where its current attempt writes; the very same job when that is known already, or not told. */
export function noteLog(job: Job, log: AttemptLog | undefined): Job {
  return log === undefined || job.log !== undefined ? job : { ...job, log };
}

/** Where an attempt writes; undefined when that is not known, or there is no such attempt. */
export function logOf(job: Job, attempt: number | undefined): AttemptLog | undefined {
  return logsOf(job).find(({ number }) => number === attempt)?.log;
}

/** Number of the last attempt of which it is known where it writes; undefined when it is of none. */
export function lastAttemptWithLog(job: Job): number | undefined {
  return logsOf(job).at(-1)?.number;
}

/** Whether an attempt, or undefined for whichever comes first, may still add to a log. */
export function mayStillWrite(job: Job, attempt: number | undefined, now: number): boolean {
  if (job.dispatcher !== 'batch') return false;
  const ended = job.endedAttempts.find(({ number }) => number === attempt);
  const finishedAt = ended?.finishedAt ?? job.finishedAt;
  return finishedAt === undefined || now < finishedAt + settlingMilliseconds;
}

/** Those that have one, in their order. The job itself has none between two attempts. */
function logsOf(job: Job): ReadonlyArray<{ readonly number: number; readonly log?: AttemptLog }> {
  const current = job.log === undefined ? [] : [{ number: job.attempt, log: job.log }];
  return [...job.endedAttempts.filter(({ log }) => log !== undefined), ...current];
}
