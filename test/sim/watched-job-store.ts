import type { JobChange } from '../../core/events/publish-events.ts';
import type { Job } from '../../core/jobs/model/job.ts';
import type { JobStore } from '../../core/ports/job-store.ts';
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
      const error = new Error(`${job.id}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
      violations.push(error);
      throw error;
    }
    latest.set(job.id, job);
    publish({ after: job, ...(before === undefined ? {} : { before }) });
  };
  return {
    changes,
    violations,
    deleted,
    jobs: () => [...latest.values()],
    store: {
      ...store,
      async insert(job) {
        const outcome = await store.insert(job);
        if (outcome === 'inserted') note(job);
        return outcome;
      },
      async replace(job, expectedVersion) {
        const outcome = await store.replace(job, expectedVersion);
        if (outcome === 'replaced') note(job, latest.get(job.id));
        return outcome;
      },
      async replaceWithTombstone(tombstone, expectedVersion) {
        const outcome = await store.replaceWithTombstone(tombstone, expectedVersion);
        if (outcome === 'conflict') return outcome;
        const before = latest.get(tombstone.job.id);
        deleted.add(tombstone.job.id);
        publish({ tombstone, ...(before === undefined ? {} : { before }) });
        return outcome;
      },
    },
  };
}
