import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { CounterKey, CounterQuery, JobCounter } from '../../core/ports/job-counters.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { fromItem } from './counter-item.ts';
import type { Item, Table } from './table/table.ts';
import { countersPartition, readCounterKey } from './table/table-keys.ts';

/** Sorts behind every day and every character of a service's name. */
const last = '~';

interface Span {
  readonly tenant: string;
  readonly from: string;
  readonly to: string;
  readonly newestFirst?: boolean;
  readonly limit: number;
}

/** At most `limit` counters, by service, then day. Between two days it takes a read for each service more. */
export async function listCounters(table: Table, query: CounterQuery): Promise<readonly JobCounter[]> {
  const { tenant, from = '', before = last, limit } = query;
  if (query.services === undefined && from === '' && before === last)
    return readSpan(table, { tenant, from: '#', to: last, limit });
  if (from >= before) return [];
  const found: JobCounter[] = [];
  for await (const service of servicesOf(table, query)) {
    const span = { tenant, from: `${service}#${from}`, to: `${service}#${before}` };
    const days = await readSpan(table, { ...span, limit: limit - found.length });
    // Both bounds of a span are part of it.
    found.push(...days.filter(({ day }) => day < before));
    if (found.length >= limit) break;
  }
  return found;
}

/** A service's newest days, the newest first. */
export function newestCounters(
  table: Table,
  { tenant, service }: Omit<CounterKey, 'day'>,
  limit: number,
): Promise<readonly JobCounter[]> {
  const span = { tenant, from: `${service}#`, to: `${service}#${last}` };
  return readSpan(table, { ...span, limit, newestFirst: true });
}

/** Those asked for, or one after the other all that have a counter. */
async function* servicesOf(table: Table, { tenant, services }: CounterQuery): AsyncGenerator<string, void> {
  if (services !== undefined) {
    yield* [...new Set(services)].sort();
    return;
  }
  let from = '#';
  for (;;) {
    const [first] = await readItems(table, { tenant, from, to: last, limit: 1 });
    if (first === undefined) return;
    const { service } = readCounterKey(first);
    yield service;
    from = `${service}#${last}`;
  }
}

async function readSpan(table: Table, span: Span): Promise<readonly JobCounter[]> {
  const items = await readItems(table, span);
  return items.map(fromItem).map(({ recent: _recent, version: _version, ...counter }) => counter);
}

async function readItems(
  table: Table,
  { tenant, from, to, newestFirst, limit }: Span,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let startKey: Item | undefined;
  do {
    const answer = await table.client.send(
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
    items.push(...(answer.Items ?? []));
    startKey = answer.LastEvaluatedKey;
  } while (startKey !== undefined && items.length < limit);
  return items;
}
