import type { JobChange } from '../../core/events/publish-events.ts';
import type { Job } from '../../core/jobs/model/job.ts';
import type { JobStore } from '../../core/ports/job-store.ts';
import { asError } from '../../core/std/as-error.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { checkJob, checkWrite } from '../support/jobs/job-invariants.ts';
import { memoryJobStore } from '../support/memory/memory-job-store.ts';

export interface WatchedJobStore {
  readonly store: JobStore;
  /** Every write, in the order of the table's stream. */
  readonly changes: readonly JobChange[];
  /** Writes that violated an invariant. Stored, because a use case can swallow an error of the store. */
  readonly violations: readonly unknown[];
  /** Every job in its current version; a deleted job in its last version. */
  jobs(): readonly Job[];
  /** Ids of the deleted jobs. */
  readonly deleted: ReadonlySet<string>;
}

/** A job store in memory that checks each write before it takes effect. */
export function watchedJobStore(): WatchedJobStore {
  const store = memoryJobStore();
  const changes: JobChange[] = [];
  const violations: unknown[] = [];
  const latest = new Map<string, Job>();
  const deleted = new Set<string>();
  const publish = (change: Omit<JobChange, 'position'>) =>
    changes.push({ position: String(changes.length), ...change });
  const note = (job: Job, before?: Job) => {
    try {
      if (deleted.has(job.id)) throw new Error('it was deleted, and is there again');
      checkJob(job);
      if (before !== undefined) checkWrite(before, job);
    } catch (cause) {
      const error = new Error(`${job.id}: ${asError(cause).message}`, {
        cause,
      });
      violations.push(error);
      throw error;
    }
    latest.set(job.id, job);
    publish({ after: job, ...omitUndefined({ before }) });
  };
  return {
    changes,
    violations,
    deleted,
    jobs: () => [...latest.values()],
    store: {
      ...store,
      async insert(job) {
        const result = await store.insert(job);
        if (result === 'inserted') note(job);
        return result;
      },
      async replace(job, expectedVersion) {
        const result = await store.replace(job, expectedVersion);
        if (result === 'replaced') note(job, latest.get(job.id));
        return result;
      },
      async replaceWithTombstone(tombstone, expectedVersion) {
        const result = await store.replaceWithTombstone(tombstone, expectedVersion);
        if (result === 'conflict') return result;
        const before = latest.get(tombstone.job.id);
        deleted.add(tombstone.job.id);
        publish({ tombstone, ...omitUndefined({ before }) });
        return result;
      },
    },
  };
}
