import type { DataStatus } from '../../contract/schemas/data-schemas.ts';
import type { DataObject, DataTombstone } from '../../data/model/data-object.ts';

export interface DataKey {
  readonly tenant: string;
  readonly dataId: string;
}

/** The filter of a list: all given conditions apply. */
export interface DataFilter {
  readonly ids?: readonly string[];
  readonly tag?: string;
  readonly namePrefix?: string;
  readonly mediaType?: string;
  readonly status?: DataStatus;
  readonly origin?: 'upload' | 'job';
  /** The job that wrote the objects. */
  readonly jobId?: string;
  /** Only objects that were created at this time or later, in epoch milliseconds. */
  readonly createdAfter?: number;
  /** Only objects that were created before this time, in epoch milliseconds. */
  readonly createdBefore?: number;
}

export interface DataListQuery extends DataFilter {
  readonly tenant: string;
  /** Default: `desc`, the newest first. */
  readonly order?: 'asc' | 'desc';
  /** The `next` of the previous page. */
  readonly after?: string;
  readonly limit: number;
}

export interface DataPage {
  /**
   * In the order of their ids; if `namePrefix` is the only condition, in the order of the first 984 bytes of their names, then of
   * their ids (`sortableName`).
   */
  readonly data: readonly DataObject[];
  /** Position of the next page; absent at the end. A page may be short or empty before the end. */
  readonly next?: string;
  /** Number of objects that were read, if a filter was applied to the result of an index. */
  readonly scanned?: number;
}

/**
 * Stores the descriptions of data objects, not their content. Every write is conditional; a conflict is a return value, not an
 * error.
 */
export interface DataStore {
  /** `exists` if the id is already in use, also by a deleted object. */
  insert(data: DataObject): Promise<'inserted' | 'exists'>;
  /** Strongly consistent; undefined for a deleted object too. */
  get(key: DataKey): Promise<DataObject | undefined>;
  /** The objects with these ids, in the same order, without missing or deleted ones. Strongly consistent. */
  getMany(tenant: string, dataIds: readonly string[]): Promise<readonly DataObject[]>;
  /**
   * Writes the object if the stored one still has `expectedVersion`. `before` is the stored object; without it, name and tags are
   * assumed to be unchanged.
   */
  replace(data: DataObject, expectedVersion: number, before?: DataObject): Promise<'replaced' | 'conflict'>;
  /**
   * Replaces the object with its tombstone if the stored object still has `expectedVersion`. From then on the object is in no list,
   * and no object can be created or replaced under its id.
   */
  replaceWithTombstone(tombstone: DataTombstone, expectedVersion: number): Promise<'replaced' | 'conflict'>;
  /** The tombstone of a deleted object; undefined if the object exists or never existed. Strongly consistent. */
  tombstone(key: DataKey): Promise<DataTombstone | undefined>;
  /**
   * Throws `bad-cursor` if `after` is not a position of this list. With `jobId` as the only condition, the list is strongly
   * consistent: it contains every object that was inserted before the call.
   */
  list(query: DataListQuery): Promise<DataPage>;
  /**
   * Objects whose `nextCheckAt`, and tombstones whose `removeAfter`, is at or before `now` (epoch milliseconds), at most `limit`,
   * the earliest first.
   */
  listDue(now: number, limit: number): Promise<readonly DataKey[]>;
  /** Removes `removeAfter` from a tombstone, after the content that came late was removed. */
  settleTombstone(key: DataKey): Promise<void>;
}
