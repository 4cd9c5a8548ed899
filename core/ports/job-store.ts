import type { JobStatus } from '../contract/job-state.ts';
import type { Job } from '../jobs/job.ts';

export interface JobKey {
  readonly tenant: string;
  readonly jobId: string;
}

export interface JobListQuery {
  readonly tenant: string;
  readonly statuses?: readonly JobStatus[];
  readonly services?: readonly string[];
  /** Only jobs whose id sorts below this one: where the last page ended. */
  readonly beforeId?: string;
  readonly limit: number;
}

export interface JobPage {
  /** Newest first. */
  readonly jobs: readonly Job[];
  /** Where the next page begins; absent at the end. A page may be short or empty before the end. */
  readonly nextBeforeId?: string;
  /** How many jobs were read, when a filter had to be applied to what an index gave. */
  readonly scanned?: number;
}

/** Keeps jobs. Every write is conditional; a conflict is an answer, not an error. */
export interface JobStore {
  /** `exists` when a job has this id already. */
  insert(job: Job): Promise<'inserted' | 'exists'>;
  /** Strongly consistent. */
  get(key: JobKey): Promise<Job | undefined>;
  /** Writes the job if the stored one still has `expectedVersion`. */
  replace(job: Job, expectedVersion: number): Promise<'replaced' | 'conflict'>;
  list(query: JobListQuery): Promise<JobPage>;
  /** Jobs that somebody must look at by `now` (milliseconds), at most `limit`, the longest due first per shard. */
  listDue(now: number, limit: number): Promise<readonly JobKey[]>;
}
