import type { DataKey } from '../../../core/ports/data/data-store.ts';
import { readDueItems } from '../lists/due/due-items.ts';
import type { Table } from '../table/table.ts';
import { dueDataPartitions } from './data-indexes.ts';
import { readDataKey } from './data-keys.ts';

/** Lists the data objects and tombstones that are due at `now`, at most `limit`, the earliest first. */
export async function listDueData(table: Table, now: number, limit: number): Promise<readonly DataKey[]> {
  return (await readDueItems(table, dueDataPartitions, { now, limit })).map(readDataKey);
}
