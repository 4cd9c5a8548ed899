import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Table } from '../table/table.ts';
import { readServiceKey, servicePrefix, tenantPartition } from '../table/table-keys.ts';
import type { Order } from './indexed-job-ids.ts';
import { byBytes } from './merge-in-order.ts';

/** The range and order of services to read. */
export interface ServicesToRead {
  readonly tenant: string;
  readonly namePrefix: string;
  readonly order: Order;
  /** A position in the list by names; only services that may have jobs after it are read. */
  readonly after?: string | undefined;
}

/** A position relative to the services and the IDs of their jobs. */
export interface ServicePosition {
  /** The position among the sort keys of services. */
  readonly sortKey: string;
  /**
   * The only service with jobs on both sides of the position, and the ID, or other text, that separates them.
   */
  readonly split?: { readonly name: string; readonly at: string };
}

/** Sorts after every character that the name or version of a service may contain. */
const lastCharacter = '~';
const servicePrefixPattern = /^[a-z0-9-]*$/;
const leadingServicePattern = /^([a-z0-9-]*)(.?)(.*)$/su;

/**
 * Locates a position `<name>#<id>` by comparison, without splitting it: the name may contain `#` itself and
 * then lies between two jobs of a service, as `render#1#<id>` lies between those of `render`.
 */
export function toServicePosition(position: string): ServicePosition {
  const [, name = '', next = '', at = ''] = leadingServicePattern.exec(position) ?? [];
  const sortKey = `${servicePrefix}${name}${next}`;
  return next === '#' ? { sortKey, split: { name, at } } : { sortKey };
}

/**
 * Yields the names of services with the prefix, each once, from the position on; each name costs one read.
 */
export async function* serviceNames(
  table: Table,
  { tenant, namePrefix, order, after }: ServicesToRead,
): AsyncGenerator<string, void> {
  if (!servicePrefixPattern.test(namePrefix)) return;
  let from = servicePrefix + namePrefix;
  let to = from + lastCharacter;
  if (after !== undefined) {
    const { sortKey, split } = toServicePosition(after);
    if (order === 'asc') from = sortKey;
    else to = split === undefined ? sortKey : sortKey + lastCharacter;
  }
  for (;;) {
    const name = await firstService(table, { tenant, from, to, order });
    if (name === undefined) return;
    yield name;
    if (order === 'asc') from = `${servicePrefix}${name}#${lastCharacter}`;
    else to = `${servicePrefix}${name}#`;
  }
}

async function firstService(
  table: Table,
  { tenant, from, to, order }: { tenant: string; from: string; to: string; order: Order },
): Promise<string | undefined> {
  // DynamoDB rejects a lower bound above the upper bound.
  if (byBytes('asc')(from, to) > 0) return undefined;
  const { Items: [first] = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.tableName,
      KeyConditionExpression: 'pk = :tenant AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':tenant': { S: tenantPartition(tenant) },
        ':from': { S: from },
        ':to': { S: to },
      },
      ProjectionExpression: 'pk, sk',
      ScanIndexForward: order === 'asc',
      Limit: 1,
    }),
  );
  return first === undefined ? undefined : readServiceKey(first).name;
}
