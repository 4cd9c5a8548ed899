import { DeleteItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { JobLink, JobLinks, LinkPage, LinkQuery } from '../core/ports/job-links.ts';
import { checkSchemaVersion, number, readNumber, text } from './item-attributes.ts';
import type { Item, Table } from './table.ts';
import { linkedJobId, linkItemKey, linkPrefix, tenantPartition } from './table-keys.ts';

/** Layout of the link items that this release writes and reads. */
const schemaVersion = 1;

/** Links between jobs in DynamoDB: an item for each beside the jobs (table-keys.ts), with its time as `at`. */
export function dynamoJobLinks(table: Table): JobLinks {
  const { client, tableName: TableName } = table;
  return {
    async add(link) {
      await client.send(new PutItemCommand({ TableName, Item: toItem(link) }));
    },
    async remove(link) {
      await client.send(new DeleteItemCommand({ TableName, Key: linkItemKey(link) }));
    },
    list: (query) => listLinks(table, query),
  };
}

function toItem(link: JobLink): Item {
  return { ...linkItemKey(link), z: number(schemaVersion), at: number(link.madeAt) };
}

async function listLinks({ client, tableName }: Table, query: LinkQuery): Promise<LinkPage> {
  const { tenant, kind, of, afterId, limit } = query;
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
      // A query goes on after a key whether or not something still has it.
      ...(afterId === undefined
        ? {}
        : { ExclusiveStartKey: linkItemKey({ tenant, kind, of, jobId: afterId }) }),
    }),
  );
  return {
    links: items.map((item) => fromItem(item, query)),
    ...(last === undefined ? {} : { nextAfterId: linkedJobId(last) }),
  };
}

function fromItem(item: Item, { tenant, kind, of }: LinkQuery): JobLink {
  checkSchemaVersion(item, schemaVersion);
  return { tenant, kind, of, jobId: linkedJobId(item), madeAt: readNumber(item, 'at') };
}
