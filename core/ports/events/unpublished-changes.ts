import type { Job } from '../../jobs/model/job.ts';
import type { Tombstone } from '../../jobs/model/tombstone.ts';

/** One write of a job that could not be published. */
export interface UnpublishedChange {
  /** Position of the change in the stream; unique in its batch. */
  readonly position: string;
  readonly before?: Job;
  /** Absent if the job was deleted. */
  readonly after?: Job;
  readonly tombstone?: Tombstone;
}

/** The name of a batch that is kept. */
export interface ListedBatch {
  readonly name: string;
  readonly sizeBytes: number;
  /** Batches of the same group were given up at about the same time; their names do not show their order. */
  readonly group: string;
}

/** Changes that were given up together. */
export interface KeptBatch {
  readonly name: string;
  readonly changes: readonly UnpublishedChange[];
  /** Why parts of the batch cannot be read, one text for each part. */
  readonly unreadable: readonly string[];
  /** Identifies the content that was read. */
  readonly tag: string;
}

/** The changes of all tenants that the publisher gave up after all its tries. */
export interface UnpublishedChanges {
  /** The batches after a name, at most `limit` (1 to 1,000): those of one shard of the stream in order, except within a group. */
  list(range: { readonly after?: string; readonly limit: number }): Promise<readonly ListedBatch[]>;
  /** Undefined if the batch was removed. */
  read(name: string): Promise<KeptBatch | undefined>;
  /**
   * Removes changes from a batch, by their positions; a batch of which nothing is left is removed itself. What is unreadable stays.
   * Does nothing if the batch has changed since it was read, except that a batch that was published completely is always removed.
   */
  remove(batch: KeptBatch, positions: readonly string[]): Promise<void>;
}
