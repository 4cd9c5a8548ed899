import type { ProblemError } from '../../../../core/contract/problems/problem-error.ts';
import type { ServiceDefinition } from '../../../../core/contract/schemas/service-schemas.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import type { WorkerCaller } from '../../../../core/jobs/worker/worker-access.ts';
import { executingJob, startTime } from '../../../support/jobs/executing-job.ts';
import { checkJob, checkWrite } from '../../../support/jobs/job-invariants.ts';
import { someTime } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';

/** The holder of the attempt of `executingJob`. */
export const worker: WorkerCaller = {
  key: { tenant: 'local', jobId: executingJob().id },
  tokenDigest: 'token-1',
};

/** A caller with a token that the job issued before the token of the attempt. */
export const older: WorkerCaller = { ...worker, tokenDigest: 'token-0' };

/** A caller with a token that no job issued. */
export const stranger: WorkerCaller = { ...worker, tokenDigest: 'token-9' };

/** A job whose first attempt AWS Batch has: claimed, without any report. */
export function scheduledJob(given: Partial<Job> = {}): Job {
  const { startedAt: _, ...job } = executingJob();
  return {
    ...job,
    status: 'scheduled',
    transitions: [
      { status: 'pending', at: someTime, attempt: 0 },
      { status: 'scheduled', at: startTime, attempt: 1 },
    ],
    ...given,
  };
}

/** A job whose attempt is being stopped. */
export function abortingJob(): Job {
  return executingJob({
    status: 'aborting',
    abort: { requestedAt: startTime, by: 'me', stopped: 'terminated', childrenAborted: 0 },
    transitions: [...executingJob().transitions, { status: 'aborting', at: startTime, attempt: 1 }],
    version: 3,
  });
}

/** All ports that the routes of workers need, with one job; each write of the job is checked. */
export async function workerWorld(job: Job = executingJob(), definition: Partial<ServiceDefinition> = {}) {
  const deps = testDeps();
  await deps.clock.sleep(startTime - someTime);
  await deps.services.insert(aService(definition, { used: true }));
  await deps.jobs.insert(job);
  const replace: typeof deps.jobs.replace = async (next, version) => {
    const before = await deps.jobs.get(worker.key);
    const result = await deps.jobs.replace(next, version);
    if (before !== undefined && result === 'replaced') checkWrite(before, next);
    checkJob(next);
    return result;
  };
  const checked = { ...deps, jobs: { ...deps.jobs, replace } };
  const stored = async (): Promise<Job> => {
    const found = await deps.jobs.get(worker.key);
    if (found === undefined) throw new Error('The job is gone');
    return found;
  };
  const pass = (milliseconds: number) => deps.clock.sleep(milliseconds);
  return { deps: checked, stored, pass };
}

/** The slug of the problem that a call is refused with; throws when the call succeeds. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  const refused = await call.then(
    () => undefined,
    (error: ProblemError) => error,
  );
  if (refused?.slug === undefined) throw new Error('not refused', { cause: refused });
  return refused.slug;
}
