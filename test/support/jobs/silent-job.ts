import type { Job } from '../../../core/jobs/model/job.ts';
import { executingJob } from './executing-job.ts';
import { jobIdAt } from './job-id.ts';
import { aJob } from './jobs.ts';

/** A due job whose only attempt started a minute ago, can be silent for 10 s, and never reported. */
export function silentJob(now: number, given: Partial<Job> = {}): Job {
  const [requestedAt, startedAt] = [now - 61_000, now - 60_000];
  const job = aJob({ id: jobIdAt(requestedAt), ...given });
  return executingJob({
    ...job,
    status: 'executing',
    attempt: 1,
    policy: { ...job.policy, maxAttempts: 1 },
    limits: { ...job.limits, heartbeatSeconds: 10 },
    scheduledAt: startedAt,
    startedAt,
    updatedAt: startedAt,
    nextCheckAt: startedAt + 10_000,
    transitions: [...job.transitions, { status: 'executing', at: startedAt, attempt: 1 }],
    version: 2,
  });
}
