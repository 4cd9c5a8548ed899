import { claimFingerprint } from '../../../core/jobs/batch/batch-job-of.ts';
import { batchJobName } from '../../../core/jobs/model/batch-job-name.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import type { BatchJob } from '../../../core/ports/batch-dispatcher.ts';
import { aJob, someTime } from './jobs.ts';

/** The time of the claim of the test attempts: one second after the request. */
export const claimTime = someTime + 1000;

/** The log location of the container of the test job's first attempt. */
export const batchLog = { group: '/aws/batch/job', stream: 'errand-job-echo/default/batch-1' };

/** A test job whose first attempt was claimed for Batch by the execution `A`. */
export function scheduledJob(given: Partial<Job> = {}): Job {
  return aJob({
    status: 'scheduled',
    attempt: 1,
    scheduledAt: claimTime,
    updatedAt: claimTime,
    limits: { attemptTimeoutSeconds: 3600, queueTimeoutSeconds: 3600, timeoutSeconds: 86_400 },
    claim: { executionDigest: 'A', tokenDigest: 'digest-of-the-first-token' },
    transitions: [
      { status: 'pending', at: someTime, attempt: 0 },
      { status: 'scheduled', at: claimTime, attempt: 1 },
    ],
    version: 2,
    ...given,
  });
}

/** The same job while `batch-1` runs its attempt, since one second after the claim. */
export function runningOnBatch(given: Partial<Job> = {}): Job {
  const startedAt = claimTime + 1000;
  const { transitions, ...job } = scheduledJob();
  return {
    ...job,
    status: 'executing',
    startedAt,
    updatedAt: startedAt,
    dispatcherId: 'batch-1',
    transitions: [...transitions, { status: 'executing', at: startedAt, attempt: 1 }],
    version: 3,
    ...given,
  };
}

/** The description by Batch of the test job's first attempt, with the id `batch-1`. */
export function batchJob(change: Partial<BatchJob> = {}, of: Job = scheduledJob()): BatchJob {
  return {
    dispatcherId: 'batch-1',
    jobName: batchJobName({ id: of.id, attempt: 1 }),
    tenant: 'local',
    claim: claimFingerprint({ tokenDigest: 'digest-of-the-first-token' }),
    status: 'RUNNABLE',
    ...change,
  };
}
