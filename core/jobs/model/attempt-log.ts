import type { AttemptLog, Job } from './job.ts';

/**
 * How long after its end an attempt may still add lines to its log. CloudWatch Logs returns a line a moment
 * after it is written, and a worker reports the end before its container writes the last lines.
 */
const settlingMs = 10_000;

/**
 * Adds the log of the current attempt to the job. Returns the same object if the log is unknown or already
 * recorded.
 */
export function withLog(job: Job, log: AttemptLog | undefined): Job {
  return log === undefined || job.log !== undefined ? job : { ...job, log };
}

/** The log of an attempt; undefined if it is not known or the attempt does not exist. */
export function logOf(job: Job, attempt: number | undefined): AttemptLog | undefined {
  return logsOf(job).find(({ number }) => number === attempt)?.log;
}

/** Number of the last attempt whose log is known; undefined if no log is known. */
export function lastAttemptWithLog(job: Job): number | undefined {
  return logsOf(job).at(-1)?.number;
}

/**
 * Returns whether an attempt may still add lines to its log. Without a number: the attempt that will be the first
 * with a log.
 */
export function mayStillWrite(job: Job, attempt: number | undefined, now: number): boolean {
  if (job.dispatcher !== 'batch') return false;
  const ended = job.endedAttempts.find(({ number }) => number === attempt);
  const finishedAt = ended?.finishedAt ?? job.finishedAt;
  return finishedAt === undefined || now < finishedAt + settlingMs;
}

/** The attempts with a known log, in order. Between two attempts the job itself has no log. */
function logsOf(job: Job): ReadonlyArray<{ readonly number: number; readonly log?: AttemptLog }> {
  const current = job.log === undefined ? [] : [{ number: job.attempt, log: job.log }];
  return [...job.endedAttempts.filter(({ log }) => log !== undefined), ...current];
}
