import type { DataObject } from '../../../core/data/model/data-object.ts';
import type { Records } from '../lists/records.ts';
import type { Table } from '../table/table.ts';
import { fromItem } from './data-item.ts';
import { dataPrefix } from './data-keys.ts';
import { isTombstone } from './data-tombstone-item.ts';
import { getDataObjects } from './get-data-objects.ts';

/** The data objects of a tenant, for lists. */
export function dataRecords(table: Table, tenant: string): Records<DataObject> {
  return {
    table,
    tenant,
    prefix: dataPrefix,
    getMany: (ids, consistent = false) => getDataObjects(table, { tenant, ids, consistent }),
    fromItem: (item) => (isTombstone(item) ? undefined : fromItem(item)),
  };
}
