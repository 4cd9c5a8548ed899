import type { OperationKey } from '../../../core/ports/operations/operation-store.ts';
import { readText } from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';
import { tenantPartition } from '../table/table-keys.ts';

export const operationPrefix = 'X#';

/** The partition of the index `due` with the operations that the reconciler must queue again. */
export const dueOperationsPartition = 'operation';

/** The partition of the index `live` with the running operations of a tenant; `operation` is no state of a job. */
export function runningPartition(tenant: string): string {
  return `${tenant}#operation#running`;
}

/** Returns the primary key of an operation. */
export function operationItemKey({ tenant, operationId }: OperationKey): Item {
  return { pk: { S: tenantPartition(tenant) }, sk: { S: operationPrefix + operationId } };
}

/** Reads the key of an operation from an item or an index entry; throws for other items. */
export function readOperationKey(item: Item): OperationKey {
  const partition = readText(item, 'pk');
  const sort = readText(item, 'sk');
  if (!partition.startsWith('T#') || !sort.startsWith(operationPrefix))
    throw new Error(`${partition} ${sort} is not the key of an operation`);
  return { tenant: partition.slice('T#'.length), operationId: sort.slice(operationPrefix.length) };
}

/** Returns the primary key of a chunk of job IDs. */
export function chunkItemKey({ tenant, operationId }: OperationKey, number: number): Item {
  return { pk: { S: tenantPartition(tenant) }, sk: { S: `XC#${operationId}#${padded(number)}` } };
}

/** Returns the primary key of a page of refusals; pages are sorted by their positions. */
export function refusalsItemKey(key: OperationKey, position: number): Item {
  return { pk: { S: tenantPartition(key.tenant) }, sk: { S: refusalsPrefix(key) + padded(position) } };
}

/** Returns the prefix of the sort keys of an operation's pages of refusals. */
export function refusalsPrefix({ operationId }: OperationKey): string {
  return `XR#${operationId}#`;
}

function padded(number: number): string {
  return String(number).padStart(10, '0');
}
