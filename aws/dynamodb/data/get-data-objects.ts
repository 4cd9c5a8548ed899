import type { DataObject } from '../../../core/data/model/data-object.ts';
import { getItems } from '../table/get-items.ts';
import type { Table } from '../table/table.ts';
import { fromItem } from './data-item.ts';
import { dataItemKey } from './data-keys.ts';
import { isTombstone } from './data-tombstone-item.ts';

interface DataQuery {
  readonly tenant: string;
  readonly ids: readonly string[];
  readonly consistent?: boolean;
}

/**
 * Reads the data objects with these IDs in the order of the IDs, without deleted ones. Eventually consistent
 * by default. Throws `unavailable` when DynamoDB lacks read capacity.
 */
export async function getDataObjects(
  table: Table,
  { tenant, ids, consistent }: DataQuery,
): Promise<readonly DataObject[]> {
  // DynamoDB rejects duplicate keys.
  const keys = [...new Set(ids)].map((dataId) => dataItemKey({ tenant, dataId }));
  const items = await getItems(table, keys, consistent);
  const objects = new Map(
    items.filter((item) => !isTombstone(item)).map((item) => [fromItem(item).id, fromItem(item)]),
  );
  return ids.flatMap((id) => objects.get(id) ?? []);
}
