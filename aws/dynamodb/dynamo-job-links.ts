import { DeleteItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { JobLink, JobLinks, LinkPage, LinkQuery } from '../../core/ports/job-links.ts';
import { putIf, type WriteCondition } from './table/conditional-write.ts';
import { deleteIf } from './table/delete-if.ts';
import { checkLayoutVersion, number, readNumber, readOptionalText, text } from './table/item-attributes.ts';
import type { Item, Table } from './table/table.ts';
import { linkedJobId, linkItemKey, linkPrefix, tenantPartition } from './table/table-keys.ts';

/** The layout version of the link items that this release writes and reads. */
const layoutVersion = 1;

/**
 * Stores links between jobs in DynamoDB: one item per link in the tenant's partition (table-keys.ts), with
 * its time as `at` and the try that wrote it last as `by`. DynamoDB returns the replaced item free of charge
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html).
 */
export function dynamoJobLinks(table: Table): JobLinks {
  const { client, tableName: TableName } = table;
  return {
    async add(link, tryId) {
      const put = new PutItemCommand({ TableName, Item: toItem(link, tryId), ReturnValues: 'ALL_OLD' });
      return isFirst((await client.send(put)).Attributes, tryId) ? 'first' : 'again';
    },
    async abandon(link, tryId) {
      await putIf(table, toItem({ ...link, madeAt: 0 }), writtenBy(tryId));
    },
    async remove(link, tryId) {
      const Key = linkItemKey(link);
      if (tryId !== undefined) await deleteIf(table, Key, writtenBy(tryId));
      else await client.send(new DeleteItemCommand({ TableName, Key }));
    },
    list: (query) => listLinks(table, query),
  };
}

function toItem(link: JobLink, tryId?: string): Item {
  const by = tryId === undefined ? {} : { by: text(tryId) };
  return { ...linkItemKey(link), z: number(layoutVersion), at: number(link.madeAt), ...by };
}

/** The condition that a try was the last one to write the item. */
function writtenBy(tryId: string): WriteCondition {
  return {
    ConditionExpression: '#by = :by',
    ExpressionAttributeNames: { '#by': 'by' },
    ExpressionAttributeValues: { ':by': text(tryId) },
  };
}

/** An item of the same try counts as first: its response was lost and the SDK repeated the write. */
function isFirst(before: Item | undefined, tryId: string | undefined): boolean {
  if (before === undefined || readNumber(before, 'at') === 0) return true;
  return tryId !== undefined && readOptionalText(before, 'by') === tryId;
}

async function listLinks({ client, tableName }: Table, query: LinkQuery): Promise<LinkPage> {
  const { tenant, kind, anchorId, afterId, limit } = query;
  const { Items: items = [], LastEvaluatedKey: last } = await client.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'pk = :tenant AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: {
        ':tenant': text(tenantPartition(tenant)),
        ':prefix': text(linkPrefix(query)),
      },
      ConsistentRead: true,
      Limit: limit,
      // A query can start after a key that does not exist any more.
      ...(afterId === undefined
        ? {}
        : { ExclusiveStartKey: linkItemKey({ tenant, kind, anchorId, jobId: afterId }) }),
    }),
  );
  return {
    links: items.map((item) => fromItem(item, query)),
    ...(last === undefined ? {} : { nextAfterId: linkedJobId(last) }),
  };
}

function fromItem(item: Item, { tenant, kind, anchorId }: LinkQuery): JobLink {
  checkLayoutVersion(item, layoutVersion);
  return { tenant, kind, anchorId, jobId: linkedJobId(item), madeAt: readNumber(item, 'at') };
}
