import { randomBytes } from 'node:crypto';
import type { CloudModel } from '../cloud.ts';
import type { Job, JobAttempt } from './job.ts';
import type { ComputeEnvironment } from './job-queue.ts';
import type { AttemptEnd } from './run/run-attempt.ts';

/**
 * Creates a new attempt: a task id and a log stream named after prefix, container and task. The prefix is the
 * definition's name unless the definition sets one.
 * https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html
 */
export function newAttempt(
  job: Job,
  environment: ComputeEnvironment,
  { region, accountId }: Pick<CloudModel, 'accountId' | 'region'>,
): JobAttempt {
  const taskId = randomBytes(16).toString('hex');
  const definitionName = job.definitionArn.split('/').at(-1)?.split(':')[0] ?? '';
  const prefix = job.logOptions?.['awslogs-stream-prefix'] ?? definitionName;
  return {
    taskArn: `arn:aws:ecs:${region}:${accountId}:task/${environment.name}/${taskId}`,
    logStreamName: `${prefix}/default/${taskId}`,
  };
}

/** Returns the job with its next attempt in STARTING. The result of an earlier attempt is removed. */
export function asStarting(job: Job, attempt: JobAttempt): Job {
  const { statusReason: _reason, startedAtMs: _started, stoppedAtMs: _stopped, ...rest } = job;
  return { ...rest, status: 'STARTING', current: attempt };
}

/**
 * Returns the job after an attempt ended: succeeded, to be retried, or failed. A job whose termination was
 * requested is not retried. https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html
 */
export function afterAttempt(job: Job, end: AttemptEnd): Job {
  const { current, ...rest } = job;
  if (current === undefined) throw new Error(`Job ${job.id} has no current attempt to end`);
  const { outcome, ...facts } = end;
  const terminationReason = job.terminationReason;
  const attempt = { ...current, ...facts };
  const attempts = [
    ...job.attempts,
    terminationReason === undefined ? attempt : { ...attempt, statusReason: terminationReason },
  ];
  const statusReason = terminationReason ?? end.statusReason;
  if (terminationReason === undefined && outcome === 'failed' && attempts.length < job.maximumAttempts)
    return { ...rest, attempts, status: 'RUNNABLE', statusReason };
  const status = terminationReason === undefined && outcome === 'succeeded' ? 'SUCCEEDED' : 'FAILED';
  return { ...rest, attempts, status, statusReason, stoppedAtMs: end.stoppedAtMs };
}

/** Returns the job after it was terminated before it was placed. */
export function endedEarly(job: Job, reason: string): Job {
  return { ...job, isTerminated: true, status: 'FAILED', statusReason: reason, stoppedAtMs: Date.now() };
}
