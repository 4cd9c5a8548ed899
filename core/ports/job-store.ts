import type { Job } from '../jobs/model/job.ts';
import type { JobFilter } from '../jobs/model/job-filter.ts';
import type { Tombstone } from '../jobs/model/tombstone.ts';

export type { JobFilter, MetadataCondition } from '../jobs/model/job-filter.ts';

export interface JobKey {
  readonly tenant: string;
  readonly jobId: string;
}

export interface JobListQuery extends JobFilter {
  readonly tenant: string;
  /** Default: `desc`, the newest first. */
  readonly order?: 'asc' | 'desc';
  /** The `next` of the previous page. */
  readonly after?: string;
  readonly limit: number;
}

export interface JobPage {
  /**
   * In the order of their ids, with two exceptions. By the number in the member of the first `range`, then by
   * id, without ids, parent, group, tag and `equals`. By their names, then ids, if `namePrefix` is the only condition
   * that an index serves: without ids, parent, group, tag, metadata and services, and with no statuses or with
   * `succeeded` among them.
   */
  readonly jobs: readonly Job[];
  /** Position of the next page; absent at the end. A page may be short or empty before the end. */
  readonly next?: string;
  /** Number of jobs that were read, if a filter was applied to the result of an index. */
  readonly scanned?: number;
}

/** Stores jobs. Every write is conditional; a conflict is a return value, not an error. */
export interface JobStore {
  /** `exists` if the id is already in use. */
  insert(job: Job): Promise<'inserted' | 'exists'>;
  /** Strongly consistent; undefined for a deleted job too. */
  get(key: JobKey): Promise<Job | undefined>;
  /** The jobs with these ids, in the same order, without missing or deleted ones. Strongly consistent. */
  getMany(tenant: string, jobIds: readonly string[]): Promise<readonly Job[]>;
  /**
   * The jobs and the tombstones of deleted jobs with these ids, in the same order, without missing ones. Strongly
   * consistent.
   */
  getRecords(tenant: string, jobIds: readonly string[]): Promise<ReadonlyArray<Job | Tombstone>>;
  /**
   * Writes the job if the stored one still has `expectedVersion`. `before` is the stored job; without it,
   * name, tags and indexed metadata are assumed to be unchanged.
   */
  replace(job: Job, expectedVersion: number, before?: Job): Promise<'replaced' | 'conflict'>;
  /**
   * Replaces the job with its tombstone if the stored job still has `expectedVersion`. From then on the job
   * is in no list, and no job can be created or replaced under its id. `before` is the stored job; without it,
   * its metadata is assumed to be not indexed.
   */
  replaceWithTombstone(
    tombstone: Tombstone,
    expectedVersion: number,
    before?: Job,
  ): Promise<'replaced' | 'conflict'>;
  /** The tombstone of a deleted job; undefined if the job exists or never existed. Strongly consistent. */
  tombstone(key: JobKey): Promise<Tombstone | undefined>;
  /** Throws `bad-cursor` if `after` is not a position of this list. */
  list(query: JobListQuery): Promise<JobPage>;
  /**
   * Jobs to check by `now` (epoch milliseconds), at most `limit`; within each shard the longest due
   * first.
   */
  listDue(now: number, limit: number): Promise<readonly JobKey[]>;
}
