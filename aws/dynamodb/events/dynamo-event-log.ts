import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type {
  EventLog,
  FirstNumberRequest,
  LogEntry,
  LogRange,
} from '../../../core/ports/events/event-log.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { conditionFailureOf, itemNotExists, putIf } from '../table/conditional-write.ts';
import { number, readNumber } from '../table/item-attributes.ts';
import type { Item, Table } from '../table/table.ts';
import { eventLogPartition, firstNumberItemKey, logEntrySort } from '../table/table-keys.ts';
import { fromItem, toItem } from './log-entry-item.ts';

/**
 * Stores the event logs in DynamoDB, each in a partition of its own. Appending is one conditional write; the
 * condition makes the numbers dense, so that a strongly consistent query never misses an entry that becomes
 * visible later with a lower number. DynamoDB removes expired entries within a few days
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html).
 */
export function dynamoEventLog(table: Table): EventLog {
  return {
    append: async (entry) => ((await putIf(table, toItem(entry), itemNotExists)) ? 'appended' : 'taken'),
    firstNumber: (request) => firstNumber(table, request),
    read: (range) => query(table, range),
    newest: async (tenant, limit) =>
      (await query(table, { tenant, from: 0, limit, newestFirst: true })).toReversed(),
  };
}

/** One write: if its condition fails, DynamoDB returns the number that another writer stored. */
async function firstNumber(
  { client, tableName }: Table,
  { tenant, now, notBefore }: FirstNumberRequest,
): Promise<number> {
  const command = new PutItemCommand({
    TableName: tableName,
    Item: { ...firstNumberItemKey(tenant), n: number(now) },
    ConditionExpression: 'attribute_not_exists(pk) OR n < :notBefore',
    ExpressionAttributeValues: { ':notBefore': number(notBefore) },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const failure = await conditionFailureOf(client.send(command));
  return failure === undefined ? now : readNumber(failure.Item ?? {}, 'n');
}

async function query(
  { client, tableName }: Table,
  { tenant, from, limit, newestFirst = false }: LogRange & { readonly newestFirst?: boolean },
): Promise<readonly LogEntry[]> {
  const entries: LogEntry[] = [];
  let startKey: Item | undefined;
  do {
    const { Items: items = [], LastEvaluatedKey: last } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :log AND sk BETWEEN :from AND :last',
        ExpressionAttributeValues: {
          ':log': { S: eventLogPartition(tenant) },
          ':from': { S: logEntrySort(from) },
          ':last': { S: logEntrySort(Number.MAX_SAFE_INTEGER) },
        },
        ConsistentRead: true,
        ScanIndexForward: !newestFirst,
        Limit: limit - entries.length,
        ...omitUndefined({ ExclusiveStartKey: startKey }),
      }),
    );
    entries.push(...items.map(fromItem));
    startKey = last;
  } while (startKey !== undefined && entries.length < limit);
  return entries;
}
