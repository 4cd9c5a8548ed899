import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { DataObject } from '../../../core/data/model/data-object.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import type { ReadBatch } from '../lists/fill-page.ts';
import type { IdPartition } from '../lists/id-partition.ts';
import { type IdSpan, indexedJobIds } from '../lists/indexed-job-ids.ts';
import { keysPerPartition, keyTaker } from '../lists/job-index-reader.ts';
import { labelPositions } from '../lists/label-positions.ts';
import { byBytes, mergeInOrder } from '../lists/merge-in-order.ts';
import type { Item, Table } from '../table/table.ts';
import { tenantPartition } from '../table/table-keys.ts';
import { fromItem } from './data-item.ts';
import { dataItemKey, dataNamePrefix, dataPrefix, readDataKey } from './data-keys.ts';
import { dataNamePosition } from './data-labels.ts';
import { isTombstone } from './data-tombstone-item.ts';
import { getDataObjects } from './get-data-objects.ts';

type ReadDataBatch = ReadBatch<DataObject>;
type Span = Omit<IdSpan, 'pageSize'> & { readonly tenant: string; readonly limit: number };

const idLength = 36;

/** Reads the objects with the given IDs in the order of the IDs, each once. */
export function readByIds(table: Table, ids: readonly string[], span: Span): ReadDataBatch {
  const { tenant, order, from, to, after } = span;
  const compare = byBytes(order);
  const remaining = [...new Set(ids)]
    .filter((id) => id >= from && id <= to && (after === undefined || compare(id, after) > 0))
    .sort(compare);
  return async (count) => {
    const taken = remaining.splice(0, count);
    const next = remaining.length === 0 ? undefined : taken.at(-1);
    const values = await getDataObjects(table, { tenant, ids: taken });
    return { values, examined: taken.length, ...omitUndefined({ next }) };
  };
}

/** Reads all objects of a tenant in order from the table itself. Eventually consistent, at half the price. */
export function readByTable(table: Table, { tenant, order, from, to, after }: Span): ReadDataBatch {
  let startKey: Item | undefined = after === undefined ? undefined : dataItemKey({ tenant, dataId: after });
  return async (count) => {
    const { Items: items = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :tenant AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':tenant': { S: tenantPartition(tenant) },
          ':from': { S: dataPrefix + from },
          ':to': { S: dataPrefix + to },
        },
        ScanIndexForward: order === 'asc',
        Limit: count,
        ...omitUndefined({ ExclusiveStartKey: startKey }),
      }),
    );
    startKey = last;
    const next = last === undefined ? {} : { next: readDataKey(last).dataId };
    const values = items.filter((item) => !isTombstone(item)).map(fromItem);
    return { values, examined: items.length, ...next };
  };
}

/** Reads the objects of several partitions in the order of their IDs: IDs from there, objects from the table. */
export function readByPartitions(
  table: Table,
  partitions: readonly IdPartition[],
  { tenant, limit, ...span }: Span,
): ReadDataBatch {
  const pageSize = keysPerPartition(limit, partitions.length);
  const sources = partitions.map((partition) => indexedJobIds(table, partition, { ...span, pageSize }));
  const takeIds = keyTaker(mergeInOrder(sources, byBytes(span.order)));
  const consistent = partitions.every((partition) => partition.consistent === true);
  return async (count) => {
    const { keys: ids, next } = await takeIds(count);
    const values = await getDataObjects(table, { tenant, ids, consistent });
    return { values, examined: ids.length, ...omitUndefined({ next }) };
  };
}

/** Reads the objects whose sortable names have a prefix, by name and then by age. */
export function readByName(table: Table, prefix: string, span: Span): ReadDataBatch {
  const { tenant, order, after, limit } = span;
  const pageSize = keysPerPartition(limit, 2);
  const labels = { tenant, order, after, kind: dataNamePrefix, prefix, pageSize };
  const takePositions = keyTaker(labelPositions(table, labels));
  return async (count) => {
    const { keys, next } = await takePositions(count);
    const ids = [...new Set(keys.map((position) => position.slice(-idLength)))];
    const found = await getDataObjects(table, { tenant, ids });
    const objects = new Map(found.map((data) => [dataNamePosition(data), data]));
    return {
      // An object that was renamed after its label was written has another position in the list.
      values: keys.flatMap((position) => objects.get(position) ?? []),
      examined: keys.length,
      ...omitUndefined({ next }),
    };
  };
}
