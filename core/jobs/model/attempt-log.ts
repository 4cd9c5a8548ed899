import type { AttemptLog, Invocation, Job } from './job.ts';

/**
 * How long after its end an attempt may still add lines to its log. CloudWatch Logs returns a line a moment
 * after it is written, and a worker reports the end before its container writes the last lines.
 */
export const settlingMs = 10_000;

/** An attempt and where its output is. Times are epoch milliseconds. */
export interface LoggedAttempt {
  readonly number: number;
  readonly startedAt: number;
  /** Absent while the attempt runs. */
  readonly finishedAt?: number | undefined;
  /** On AWS Batch, once it is known. */
  readonly log?: AttemptLog | undefined;
  /** On Lambda, once it is known. */
  readonly invocation?: Invocation | undefined;
}

/**
 * Adds the log of the current attempt to the job. Returns the same object if the log is unknown or already
 * recorded.
 */
export function withLog(job: Job, log: AttemptLog | undefined): Job {
  return log === undefined || job.log !== undefined ? job : { ...job, log };
}

/**
 * The attempt with a number; without a number, the last attempt whose output can be found, or the last attempt of a job that has
 * ended. Undefined if it does not exist, or not yet.
 */
export function findAttempt(job: Job, number: number | undefined): LoggedAttempt | undefined {
  const attempts = attemptsOf(job);
  if (number !== undefined) return attempts.find((attempt) => attempt.number === number);
  const found = attempts.findLast(({ log, invocation }) => log !== undefined || invocation !== undefined);
  return found ?? (job.finishedAt === undefined ? undefined : attempts.at(-1));
}

/**
 * Returns whether an attempt may still add lines to its log. Without an attempt: one that may start later.
 */
export function mayStillWrite(job: Job, attempt: LoggedAttempt | undefined, now: number): boolean {
  const finishedAt = attempt?.finishedAt ?? job.finishedAt;
  return finishedAt === undefined || now < finishedAt + settlingMs;
}

/** The attempts in order. Until the next claim, `job.attempt` is the number of the previous one, which is in the list. */
function attemptsOf(job: Job): readonly LoggedAttempt[] {
  const { attempt: number, finishedAt, log, invocation, scheduledAt = job.updatedAt } = job;
  const isListed = number === (job.endedAttempts.at(-1)?.number ?? 0);
  const { startedAt = scheduledAt } = job;
  return isListed
    ? job.endedAttempts
    : [...job.endedAttempts, { number, startedAt, finishedAt, log, invocation }];
}
