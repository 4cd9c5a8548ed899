import type { JobStatus } from '../contract/job-state.ts';
import type { Job } from '../jobs/model/job.ts';
import type { Tombstone } from '../jobs/model/tombstone.ts';

export interface JobKey {
  readonly tenant: string;
  readonly jobId: string;
}

/** What a list asks for: all that is given must hold; an empty list of values asks for nothing. */
export interface JobFilter {
  readonly ids?: readonly string[];
  readonly parentId?: string;
  readonly tag?: string;
  readonly statuses?: readonly JobStatus[];
  readonly services?: readonly string[];
  readonly serviceVersion?: string;
  readonly namePrefix?: string;
  /** Only jobs whose id was made at this time or later, in milliseconds since 1970. */
  readonly createdAfter?: number;
  /** Only jobs whose id was made earlier. */
  readonly createdBefore?: number;
}

export interface JobListQuery extends JobFilter {
  readonly tenant: string;
  /** `desc` is the default: the newest first. */
  readonly order?: 'asc' | 'desc';
  /** Where the last page ended: its `next`. */
  readonly after?: string;
  readonly limit: number;
}

export interface JobPage {
  /**
   * In the order of their ids; in that of their names and then ids when `namePrefix` is all that could be looked up:
   * without ids, parent, tag and services, and with no statuses or `succeeded` among them.
   */
  readonly jobs: readonly Job[];
  /** Where the next page begins; absent at the end. A page may be short or empty before the end. */
  readonly next?: string;
  /** How many jobs were read, when a filter had to be applied to what an index gave. */
  readonly scanned?: number;
}

/** Keeps jobs. Every write is conditional; a conflict is an answer, not an error. */
export interface JobStore {
  /** `exists` when a job has this id already. */
  insert(job: Job): Promise<'inserted' | 'exists'>;
  /** Strongly consistent; undefined for a deleted job too. */
  get(key: JobKey): Promise<Job | undefined>;
  /** The jobs of these ids in the order of the ids, without those that are missing or deleted. Strongly consistent. */
  getMany(tenant: string, jobIds: readonly string[]): Promise<readonly Job[]>;
  /**
   * Writes the job if the stored one still has `expectedVersion`. Without `before`, the stored job, its name and tags
   * are taken to be the same.
   */
  replace(job: Job, expectedVersion: number, before?: Job): Promise<'replaced' | 'conflict'>;
  /**
   * Puts the tombstone in the place of its job if the stored one still has `expectedVersion`. From then on the job is
   * in no list, and no job can be made or replaced under its id.
   */
  replaceWithTombstone(tombstone: Tombstone, expectedVersion: number): Promise<'buried' | 'conflict'>;
  /** What is left of a deleted job; undefined when there is a job, or never was one. Strongly consistent. */
  tombstone(key: JobKey): Promise<Tombstone | undefined>;
  /** Throws `bad-cursor` when `after` is no position of this list. */
  list(query: JobListQuery): Promise<JobPage>;
  /** Jobs that somebody must look at by `now` (milliseconds), at most `limit`, the longest due first per shard. */
  listDue(now: number, limit: number): Promise<readonly JobKey[]>;
}
