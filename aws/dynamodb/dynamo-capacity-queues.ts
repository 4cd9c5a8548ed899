import { DeleteItemCommand, GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { CapacityQueues, Congestion, QueuedJob } from '../../core/ports/capacity-queues.ts';
import { refusalOf, wasSentAgain } from './table/conditional-write.ts';
import { number, readNumber, readOptionalText, readText } from './table/item-attributes.ts';
import type { Item, Table } from './table/table.ts';
import {
  congestedPartition,
  congestionItemKey,
  queuedJobItemKey,
  queuePartition,
  readQueuedJob,
} from './table/table-keys.ts';

/**
 * Congested targets and their queues in DynamoDB. A target is one item of one partition, so that all are found by one query;
 * each queue is a partition of its own.
 *
 * | name | type | holds |
 * |------|------|-------|
 * | `pk` `sk` | S | target; target, tenant, priority and job (table-keys.ts) |
 * | `u` `r` `s` `b` `w` `e` | N | of a target: until, refusals, started, probeAt, width, pauseSeconds |
 * | `p` | N | of a target: probe |
 * | `t` | S | of a target: the tenant that was served last |
 * | `ttl` | N | when an item that nobody removed goes |
 */
export function dynamoCapacityQueues(table: Table): CapacityQueues {
  const { client, tableName: TableName } = table;
  const getTarget = async (target: string): Promise<Item | undefined> => {
    const command = new GetItemCommand({ TableName, Key: congestionItemKey(target), ConsistentRead: true });
    return (await client.send(command)).Item;
  };
  return {
    async congestedTargets(now) {
      const command = new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'u > :now',
        ExpressionAttributeValues: { ':pk': { S: congestedPartition }, ':now': number(now) },
      });
      const { Items = [] } = await client.send(command);
      return Items.map((item) => readText(item, 'sk'));
    },
    async read(target) {
      const item = await getTarget(target);
      return item && toCongestion(item);
    },
    async write(next, expected) {
      const command = new UpdateItemCommand({
        TableName,
        ...updateOf(next, expected),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      const refusal = await refusalOf(client.send(command));
      // The SDK may have sent it again, after a try whose answer was lost.
      const isThere = refusal?.Item?.['p']?.N === String(next.probe);
      return refusal === undefined || isThere ? 'written' : 'conflict';
    },
    async noteRefusal(target) {
      const command = new UpdateItemCommand({
        TableName,
        Key: congestionItemKey(target),
        UpdateExpression: 'ADD r :one',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':one': number(1) },
        ReturnValues: 'ALL_NEW',
      });
      const sent = client.send(command);
      if ((await refusalOf(sent)) !== undefined) return undefined;
      const { Attributes: item } = await sent;
      return item && toCongestion(item);
    },
    async end(target, probe) {
      const command = new DeleteItemCommand({
        TableName,
        Key: congestionItemKey(target),
        ConditionExpression: 'p = :probe',
        ExpressionAttributeValues: { ':probe': number(probe) },
      });
      return (await refusalOf(client.send(command))) === undefined ? 'ended' : 'conflict';
    },
    async add(target, job, now) {
      const command = new UpdateItemCommand({
        TableName,
        Key: queuedJobItemKey(target, job),
        UpdateExpression: 'SET #ttl = :ttl',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':ttl': timeToLive(now) },
      });
      await client.send(command);
    },
    async next(target, limit) {
      const served = readOptionalText((await getTarget(target)) ?? {}, 't');
      if (served === undefined) return query(table, { target, limit });
      const behind = await query(table, { target, limit, condition: 'sk > :served', served });
      if (behind.length === limit) return behind;
      const rest = limit - behind.length;
      const before = await query(table, { target, limit: rest, condition: 'sk <= :served', served });
      return [...behind, ...before];
    },
    async take(target, job) {
      const command = new DeleteItemCommand({
        TableName,
        Key: queuedJobItemKey(target, job),
        ConditionExpression: 'attribute_exists(pk)',
      });
      const refusal = await refusalOf(client.send(command));
      // A try whose answer was lost may have taken it: to start a job twice does no harm, to start it never would.
      if (refusal !== undefined && !wasSentAgain(refusal)) return false;
      await setServed(table, target, job.tenant);
      return true;
    },
  };
}

/** A target whose congestion has just ended needs no memory of whom it served. */
async function setServed(
  { client, tableName: TableName }: Table,
  target: string,
  tenant: string,
): Promise<void> {
  const command = new UpdateItemCommand({
    TableName,
    Key: congestionItemKey(target),
    UpdateExpression: 'SET t = :tenant',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':tenant': { S: tenant } },
  });
  await refusalOf(client.send(command));
}

interface Part {
  readonly target: string;
  readonly limit: number;
  readonly condition?: 'sk > :served' | 'sk <= :served';
  readonly served?: string;
}

async function query(
  { client, tableName: TableName }: Table,
  { target, limit, condition, served }: Part,
): Promise<readonly QueuedJob[]> {
  const command = new QueryCommand({
    TableName,
    KeyConditionExpression: condition === undefined ? 'pk = :pk' : `pk = :pk AND ${condition}`,
    ExpressionAttributeValues: {
      ':pk': { S: queuePartition(target) },
      // Behind all jobs of the tenant: their priorities begin with a digit.
      ...(served === undefined ? {} : { ':served': { S: `${served}#~` } }),
    },
    Limit: limit,
    ConsistentRead: true,
  });
  const { Items = [] } = await client.send(command);
  return Items.map(readQueuedJob);
}

function updateOf({ target, ...known }: Congestion, expected: number | undefined) {
  const isExpected = expected === undefined ? 'attribute_not_exists(pk)' : 'p = :expected';
  return {
    Key: congestionItemKey(target),
    UpdateExpression: 'SET u = :u, r = :r, s = :s, p = :p, b = :b, w = :w, e = :e, #ttl = :ttl',
    ConditionExpression: isExpected,
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: {
      ':u': number(known.until),
      ':r': number(known.refusals),
      ':s': number(known.started),
      ':p': number(known.probe),
      ':b': number(known.probeAt),
      ':w': number(known.width),
      ':e': number(known.pauseSeconds),
      ':ttl': timeToLive(known.until),
      ...(expected === undefined ? {} : { ':expected': number(expected) }),
    },
  };
}

function toCongestion(item: Item): Congestion {
  return {
    target: readText(item, 'sk'),
    until: readNumber(item, 'u'),
    refusals: readNumber(item, 'r'),
    started: readNumber(item, 's'),
    probe: readNumber(item, 'p'),
    probeAt: readNumber(item, 'b'),
    width: readNumber(item, 'w'),
    pauseSeconds: readNumber(item, 'e'),
  };
}

/** Eight days: longer than any job may wait in a queue. */
function timeToLive(milliseconds: number) {
  return number(Math.ceil(milliseconds / 1000) + 8 * 86_400);
}
