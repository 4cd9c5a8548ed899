import { isTerminal, type JobStatus, jobStatuses } from '../../../core/contract/job-state.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob } from '../../support/jobs/jobs.ts';

/** This text is in every value that the jobs store. */
export const jobMark = 'held-in-a-job-7c1f';

/** One of their two groups; the name of the other one begins with it. */
export const jobGroup = `group-${jobMark}`;

/** The prefix of their names. */
export const jobName = 'name-of-the-jobs';

/** The service of the jobs, whose name the jobs contain. */
export const jobService = 'service-of-the-jobs';

const attempted: readonly JobStatus[] = [
  'scheduled',
  'executing',
  'retrying',
  'aborting',
  'succeeded',
  'failed',
];
const drafted: readonly JobStatus[] = ['draft', 'ready'];
const claimed: readonly JobStatus[] = ['scheduled', 'executing', 'aborting'];
const failed: readonly JobStatus[] = ['failed', 'error', 'aborted'];

/** Creates one job of a tenant in each state, newest first; the reconciler does not check them for years. */
export function jobsInEveryState(tenant: string, now: number): readonly Job[] {
  return jobStatuses.map((status, index) => jobIn(status, { tenant, id: jobIdAt(now - 60_000 - index) }));
}

function jobIn(status: JobStatus, { tenant, id }: Pick<Job, 'tenant' | 'id'>): Job {
  const job = aJob({
    tenant,
    id,
    name: `${jobName} ${status}`,
    service: { name: jobService, version: '7.7.7' },
  });
  const at = job.requestedAt + 5;
  const attempt = attempted.includes(status) ? 1 : 0;
  const marked = { kind: 'inline', json: JSON.stringify({ text: jobMark }) } as const;
  const first = drafted.includes(status) ? [] : job.transitions;
  const { nextCheckAt: _, ...rest } = job;
  return {
    ...rest,
    status,
    attempt,
    tags: [jobMark],
    group: attempt === 0 ? jobGroup : `${jobGroup}-2`,
    metadata: { note: jobMark, run: 7 },
    indexedMetadata: ['note', 'run'],
    parameters: marked,
    request: marked,
    owner: jobMark,
    progress: { message: jobMark },
    updatedAt: at,
    transitions: status === 'pending' ? first : [...first, { status, at, attempt }],
    version: 2,
    ...(attempt === 0 ? {} : { scheduledAt: at, startedAt: at }),
    ...endOf(status, { marked, at, attempt }),
    ...courseOf(status),
  };
}

function endOf(
  status: JobStatus,
  {
    marked,
    at,
    attempt,
  }: { readonly marked: Job['parameters']; readonly at: number; readonly attempt: number },
): Partial<Job> {
  if (!isTerminal(status)) return { nextCheckAt: at + 1e11 };
  if (!failed.includes(status)) return { finishedAt: at, result: marked };
  const failure = { code: 'service-failed', detail: jobMark, retryable: false, attempt } as const;
  return { finishedAt: at, failure };
}

function courseOf(status: JobStatus): Partial<Job> {
  const fault = { pointer: `/parameters/${jobMark}`, detail: jobMark, keyword: 'type' };
  return {
    ...(claimed.includes(status) ? { claim: { executionDigest: 'A', tokenDigest: 'B' } } : {}),
    ...(status === 'draft' ? { draft: { overrides: {}, missing: [fault] } } : {}),
    ...(status === 'ready' ? { draft: { overrides: {}, missing: [] } } : {}),
    ...(status === 'retrying' ? { nextAttemptAt: 1e13 } : {}),
    ...(status === 'waiting' ? { dependsOn: [jobIdAt(0)] } : {}),
    ...(status === 'waiting' ? { waitingReason: { code: 'dependencies', detail: jobMark } } : {}),
    ...(status === 'aborting'
      ? { abort: { requestedAt: 1, by: jobMark, reason: jobMark, stopped: 'terminated', childrenAborted: 0 } }
      : {}),
  };
}
