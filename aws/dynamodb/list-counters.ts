import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { CounterKey, CounterQuery, JobCounter } from '../../core/ports/job-counters.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { fromItem } from './counter-item.ts';
import type { Item, Table } from './table/table.ts';
import { countersPartition, readCounterKey } from './table/table-keys.ts';

/** Sorts after every day and every character of a service's name. */
const lastKey = '~';

interface KeyRange {
  readonly tenant: string;
  readonly from: string;
  readonly to: string;
  readonly newestFirst?: boolean;
  readonly limit: number;
}

/**
 * Lists at most `limit` counters, by service, then by day. A restriction to days costs one more read per
 * service.
 */
export async function listCounters(table: Table, query: CounterQuery): Promise<readonly JobCounter[]> {
  const { tenant, from = '', before = lastKey, limit } = query;
  if (query.services === undefined && from === '' && before === lastKey)
    return readRange(table, { tenant, from: '#', to: lastKey, limit });
  if (from >= before) return [];
  const found: JobCounter[] = [];
  for await (const service of servicesOf(table, query)) {
    const range = { tenant, from: `${service}#${from}`, to: `${service}#${before}` };
    const days = await readRange(table, { ...range, limit: limit - found.length });
    // Both bounds of a range are inclusive.
    found.push(...days.filter(({ day }) => day < before));
    if (found.length >= limit) break;
  }
  return found;
}

/** Reads the counters of a service's most recent days, the newest first. */
export function newestCounters(
  table: Table,
  { tenant, service }: Omit<CounterKey, 'day'>,
  limit: number,
): Promise<readonly JobCounter[]> {
  const range = { tenant, from: `${service}#`, to: `${service}#${lastKey}` };
  return readRange(table, { ...range, limit, newestFirst: true });
}

/** Yields the requested services, or all services that have a counter. */
async function* servicesOf(table: Table, { tenant, services }: CounterQuery): AsyncGenerator<string, void> {
  if (services !== undefined) {
    yield* [...new Set(services)].sort();
    return;
  }
  let from = '#';
  for (;;) {
    const [first] = await readItems(table, { tenant, from, to: lastKey, limit: 1 });
    if (first === undefined) return;
    const { service } = readCounterKey(first);
    yield service;
    from = `${service}#${lastKey}`;
  }
}

async function readRange(table: Table, range: KeyRange): Promise<readonly JobCounter[]> {
  const items = await readItems(table, range);
  return items.map(fromItem).map(({ recent: _recent, version: _version, ...counter }) => counter);
}

async function readItems(
  table: Table,
  { tenant, from, to, newestFirst, limit }: KeyRange,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let startKey: Item | undefined;
  do {
    const response = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :counters AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':counters': { S: countersPartition(tenant) },
          ':from': { S: from },
          ':to': { S: to },
        },
        ScanIndexForward: newestFirst !== true,
        Limit: limit - items.length,
        ...omitUndefined({ ExclusiveStartKey: startKey }),
      }),
    );
    items.push(...(response.Items ?? []));
    startKey = response.LastEvaluatedKey;
  } while (startKey !== undefined && items.length < limit);
  return items;
}
