import { isTerminal } from '../contract/job-state.ts';
import type { Clock } from '../ports/clock.ts';
import type { JobKey, JobStore } from '../ports/job-store.ts';
import type { Job } from './job.ts';

/** First look after 5 ms for jobs that take no time; then ever more slowly, since a held call costs by the look. */
const firstPauseMilliseconds = 5;
const growth = 1.6;
/** Between two reads of the job. */
export const longestPauseMilliseconds = 1000;

export interface Wait {
  readonly waitMilliseconds: number;
  /** What is waited for; the end of the job when absent. */
  readonly until?: (job: Job) => boolean;
  /** The job as just read, to save the first look. */
  readonly known?: Job | undefined;
  /** How long after the first look the second one comes; 5 if absent. */
  readonly firstPauseMilliseconds?: number;
}

/** The job as soon as it has ended, or as it is when the time is up. Undefined when there is no such job. */
export async function waitForJob(
  deps: { readonly jobs: Pick<JobStore, 'get'>; readonly clock: Clock },
  key: JobKey,
  wait: Wait,
): Promise<Job | undefined> {
  const { waitMilliseconds, until = hasEnded, known } = wait;
  const deadline = deps.clock.now() + waitMilliseconds;
  let job = known ?? (await deps.jobs.get(key));
  let pause = wait.firstPauseMilliseconds ?? firstPauseMilliseconds;
  while (job !== undefined && !until(job) && deps.clock.now() < deadline) {
    await deps.clock.sleep(Math.min(pause, deadline - deps.clock.now()));
    pause = Math.min(pause * growth, longestPauseMilliseconds);
    job = await deps.jobs.get(key);
  }
  return job;
}

function hasEnded(job: Job): boolean {
  return isTerminal(job.status);
}
