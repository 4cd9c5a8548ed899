import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import type { Item, Table } from './table/table.ts';
import { serviceItemKey, servicePrefix, tenantPartition } from './table/table-keys.ts';

interface ServiceQuery {
  readonly tenant: string;
  /** Only versions of this name. */
  readonly name?: string | undefined;
  /** Only items after this version. */
  readonly after?: { readonly name: string; readonly version: string } | undefined;
  /** The number of items to read at a time; by default as many as one call returns. */
  readonly pageSize?: number;
  readonly consistent?: boolean;
  /** The attributes to read, by default all; DynamoDB charges for the whole items in any case. */
  readonly attributes?: readonly string[];
}

/**
 * Yields the tenant's service items by name, then by the text of the version; reads pages on demand. `#`
 * sorts before every character that a name may contain, so the order of the keys is the order of the names.
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
