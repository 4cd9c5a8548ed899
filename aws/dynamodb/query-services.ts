import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import type { Item, Table } from './table/table.ts';
import { serviceItemKey, servicePrefix, tenantPartition } from './table/table-keys.ts';

interface ServiceQuery {
  readonly tenant: string;
  /** Only versions of this name. */
  readonly name?: string | undefined;
  /** Only what comes after this version. */
  readonly after?: { readonly name: string; readonly version: string } | undefined;
  /** Items to read at a time; by default as many as one call gives. */
  readonly pageSize?: number;
  readonly consistent?: boolean;
  /** All of them when absent; DynamoDB bills for the whole items all the same. */
  readonly attributes?: readonly string[];
}

/**
 * The tenant's service items by name, then by the text of the version, read page by page as they are taken. `#`
 * sorts before everything that a name may hold, so the order of the keys is the order of the names.
 */
export async function* queryServices(table: Table, query: ServiceQuery): AsyncGenerator<Item, void> {
  const { tenant, name, after } = query;
  const prefix = name === undefined ? servicePrefix : `${servicePrefix}${name}#`;
  let startKey = after === undefined ? undefined : serviceItemKey(tenant, after.name, after.version);
  do {
    const { Items: items = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :tenant AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':tenant': { S: tenantPartition(tenant) }, ':prefix': { S: prefix } },
        ConsistentRead: query.consistent ?? false,
        ...(query.attributes === undefined ? {} : { ProjectionExpression: query.attributes.join(', ') }),
        ...omitUndefined({ Limit: query.pageSize, ExclusiveStartKey: startKey }),
      }),
    );
    yield* items;
    startKey = last;
  } while (startKey !== undefined);
}
