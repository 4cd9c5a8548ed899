import { randomBytes } from 'node:crypto';
import type { CloudModel } from '../cloud.ts';
import type { Job, JobAttempt } from './job.ts';
import type { ComputeEnvironment } from './job-queue.ts';
import type { AttemptEnd } from './run/run-attempt.ts';

/**
 * A new attempt's names: a task of its own, and a log stream named after prefix, container and task; the prefix is the
 * definition's name unless it has another (https://docs.aws.amazon.com/batch/latest/userguide/using_awslogs.html).
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

/** The job as its attempt is being started: nothing of an earlier attempt's end is left on it. */
export function asStarting(job: Job, attempt: JobAttempt): Job {
  const { statusReason: _reason, startedAtMs: _started, stoppedAtMs: _stopped, ...rest } = job;
  return { ...rest, status: 'STARTING', current: attempt };
}

/**
 * The job after an attempt has ended: succeeded, to be tried again, or failed. One whose end was asked for is not tried
 * again. https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html
 */
export function afterAttempt(job: Job, end: AttemptEnd): Job {
  const { current, ...rest } = job;
  if (current === undefined) throw new Error(`Job ${job.id} has no attempt that could end`);
  const { outcome, ...facts } = end;
  const wanted = job.terminationReason;
  const attempt = { ...current, ...facts };
  const attempts = [...job.attempts, wanted === undefined ? attempt : { ...attempt, statusReason: wanted }];
  const statusReason = wanted ?? end.statusReason;
  if (wanted === undefined && outcome === 'failed' && attempts.length < job.maximumAttempts)
    return { ...rest, attempts, status: 'RUNNABLE', statusReason };
  const status = wanted === undefined && outcome === 'succeeded' ? 'SUCCEEDED' : 'FAILED';
  return { ...rest, attempts, status, statusReason, stoppedAtMs: end.stoppedAtMs };
}

/** The job after it was ended before it was placed. */
export function endedEarly(
  job: Job,
  wish: { readonly reason: string; readonly isCancelled?: true; readonly isTerminated?: true },
): Job {
  const { reason, ...flags } = wish;
  return { ...job, ...flags, status: 'FAILED', statusReason: reason, stoppedAtMs: Date.now() };
}
