import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';

/** A job, with what was just read of it when the caller has that already. */
export interface Target extends JobKey {
  readonly known?: Job;
}

const maxTries = 10;

/**
 * Reads, decides and writes on condition that nobody wrote in between; otherwise decides again on what is there
 * now. Throws `unavailable` when it loses ten times, which needs a writer that never rests.
 */
export async function updateJob<Answer>(
  jobs: Pick<JobStore, 'get' | 'replace'>,
  { known, ...key }: Target,
  decide: (job: Job | undefined) => Decision<Answer> | Promise<Decision<Answer>>,
): Promise<Answer> {
  for (let tried = 0; tried < maxTries; tried += 1) {
    const job = tried === 0 && known !== undefined ? known : await jobs.get(key);
    const { next, answer } = await decide(job);
    if (job === undefined || next === undefined) return answer;
    if ((await jobs.replace(next, job.version, job)) === 'replaced') return answer;
  }
  throw new ProblemError('unavailable', `The job ${key.jobId} is being changed by others; try again`);
}
