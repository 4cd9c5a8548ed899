import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Table } from '../table/table.ts';
import { readServiceKey, servicePrefix, tenantPartition } from '../table/table-keys.ts';
import type { Order } from './indexed-job-ids.ts';
import { byBytes } from './merge-in-order.ts';

/** Which services are read. */
export interface ServicesToRead {
  readonly tenant: string;
  readonly namePrefix: string;
  readonly order: Order;
  /** Position in the list by names; only services that may have jobs behind it are read. */
  readonly after?: string | undefined;
}

/** Where a position lies among the services and the ids of their jobs. */
export interface CursorOfServices {
  /** In the order of the sort keys of services: what lies behind the position lies on one side of it. */
  readonly sortKey: string;
  /** The one service whose jobs may lie on both sides of the position, and the id, or another text, between them. */
  readonly split?: { readonly name: string; readonly at: string };
}

/** Sorts behind every character that the name or version of a service may hold. */
const lastCharacter = '~';
const mayBeginService = /^[a-z0-9-]*$/;
const leadingService = /^([a-z0-9-]*)(.?)(.*)$/su;

/**
 * Where a position `<name>#<id>` lies, found by comparing it and not by taking it apart: the name may hold `#` itself, and
 * then lies between two jobs of a service, as `render#1#<id>` does between those of `render`.
 */
export function cursorOfServices(position: string): CursorOfServices {
  const [, name = '', next = '', at = ''] = leadingService.exec(position) ?? [];
  const sortKey = `${servicePrefix}${name}${next}`;
  return next === '#' ? { sortKey, split: { name, at } } : { sortKey };
}

/** The names of services that begin so, each once, from the one on that the list has reached: one read a name. */
export async function* serviceNames(
  table: Table,
  { tenant, namePrefix, order, after }: ServicesToRead,
): AsyncGenerator<string, void> {
  if (!mayBeginService.test(namePrefix)) return;
  let from = servicePrefix + namePrefix;
  let to = from + lastCharacter;
  if (after !== undefined) {
    const { sortKey, split } = cursorOfServices(after);
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
  // DynamoDB refuses bounds that are the wrong way round.
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
