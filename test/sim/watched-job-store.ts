import type { JobChange } from '../../core/events/publish-events.ts';
import type { Job } from '../../core/jobs/job.ts';
import type { JobStore } from '../../core/ports/job-store.ts';
import { checkJob, checkWrite } from '../support/job-invariants.ts';
import { memoryJobStore } from '../support/memory-job-store.ts';

export interface WatchedJobStore {
  readonly store: JobStore;
  /** Every write in its order, as the table's stream would tell it. */
  readonly changes: readonly JobChange[];
  /** Writes that broke an invariant. Kept, because a use case may swallow what the store throws. */
  readonly violations: readonly unknown[];
  /** Every job as it is now. */
  jobs(): readonly Job[];
}

/** A job store in memory that checks each write before it takes effect. */
export function watchedJobStore(): WatchedJobStore {
  const store = memoryJobStore();
  const changes: JobChange[] = [];
  const violations: unknown[] = [];
  const latest = new Map<string, Job>();
  const note = (job: Job, before?: Job) => {
    try {
      checkJob(job);
      if (before !== undefined) checkWrite(before, job);
    } catch (error) {
      violations.push(error);
      throw error;
    }
    latest.set(job.id, job);
    changes.push({
      position: String(changes.length),
      after: job,
      ...(before === undefined ? {} : { before }),
    });
  };
  return {
    changes,
    violations,
    jobs: () => [...latest.values()],
    store: {
      ...store,
      async insert(job) {
        const answer = await store.insert(job);
        if (answer === 'inserted') note(job);
        return answer;
      },
      async replace(job, expectedVersion) {
        const answer = await store.replace(job, expectedVersion);
        if (answer === 'replaced') note(job, latest.get(job.id));
        return answer;
      },
    },
  };
}
