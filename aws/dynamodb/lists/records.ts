import type { Item, Table } from '../table/table.ts';
import type { IdSpan } from './indexed-job-ids.ts';

/** The records of one kind that a tenant has, such as its jobs. Lists find their IDs, and read them by these. */
export interface Records<Value> {
  readonly table: Table;
  readonly tenant: string;
  /** The sort key of a record is this prefix and its ID. */
  readonly prefix: string;
  /**
   * Reads the records with these IDs in the order of the IDs, without deleted ones. Eventually consistent by
   * default.
   */
  readonly getMany: (ids: readonly string[], consistent?: boolean) => Promise<readonly Value[]>;
  /** Reads an item under the key of a record; undefined for the tombstone of a deleted one. */
  readonly fromItem: (item: Item) => Value | undefined;
}

/** The IDs that a list may contain, and their order. */
export type ListSpan = Omit<IdSpan, 'pageSize'>;
