import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { GroupListQuery, GroupPage } from '../../../core/ports/groups/group-counters.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import type { Item, Table } from '../table/table.ts';
import { countsOf, fromItem } from './group-item.ts';
import { groupItemKey, groupSortPrefix, groupsPartition } from './group-keys.ts';

/** A query reads at least this number of groups, so that many groups without jobs do not need many queries. */
const minPerQuery = 200;

/** Reads a page of the groups that have jobs, without the changes that they remember. */
export async function listGroups(table: Table, query: GroupListQuery): Promise<GroupPage> {
  const { tenant, namePrefix = '', after, limit } = query;
  const items: Item[] = [];
  let startKey = after === undefined ? undefined : groupItemKey({ tenant, group: after });
  do {
    const response = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :groups AND begins_with(sk, :prefix)',
        // A group without jobs expires.
        FilterExpression: 'attribute_not_exists(#ttl)',
        ProjectionExpression: 'pk, sk, z, v, c, d, rq, ua, rn',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: {
          ':groups': { S: groupsPartition(tenant) },
          ':prefix': { S: groupSortPrefix + namePrefix },
        },
        // One more than requested shows whether the page is the last one. Groups without jobs are read too.
        Limit: Math.max(limit + 1 - items.length, minPerQuery),
        ...omitUndefined({ ExclusiveStartKey: startKey }),
      }),
    );
    items.push(...(response.Items ?? []));
    startKey = response.LastEvaluatedKey;
  } while (startKey !== undefined && items.length <= limit);
  const groups = items.slice(0, limit).map((item) => countsOf(fromItem(item)));
  const next = items.length > limit ? groups.at(-1)?.group : undefined;
  return { groups, ...omitUndefined({ next }) };
}
