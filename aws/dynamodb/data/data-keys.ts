import type { DataKey } from '../../../core/ports/data/data-store.ts';
import { digest } from '../../../core/std/digest.ts';
import { readText } from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';
import { tenantPartition } from '../table/table-keys.ts';

export const dataPrefix = 'O#';
export const dataNamePrefix = 'ON#';

/** Returns the primary key of a data object. */
export function dataItemKey({ tenant, dataId }: DataKey): Item {
  return { pk: { S: tenantPartition(tenant) }, sk: { S: dataPrefix + dataId } };
}

/** Reads the key of a data object from an item or an index entry; throws for other items. */
export function readDataKey(item: Item): DataKey {
  const partition = readText(item, 'pk');
  const sort = readText(item, 'sk');
  if (!partition.startsWith('T#') || !sort.startsWith(dataPrefix)) {
    throw new Error(`${partition} ${sort} is not the key of a data object`);
  }
  return { tenant: partition.slice('T#'.length), dataId: sort.slice(dataPrefix.length) };
}

/** Returns the prefix of the sort keys of all data objects with a tag. */
export function dataTagPrefix(tag: string): string {
  return `OT#${digest(tag)}#`;
}

/** Returns the prefix of the sort keys of all data objects that a job wrote. */
export function outputPrefix(jobId: string): string {
  return `Y#${jobId}#`;
}
