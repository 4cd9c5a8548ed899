import { DeleteItemCommand, GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { CapacityQueues, Congestion, QueuedJob } from '../../core/ports/capacity-queues.ts';
import { conditionFailureOf, wasRetried } from './table/conditional-write.ts';
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
 * Stores congested targets and their queues in DynamoDB. All targets are items of one partition, so that one
 * query finds them; each queue is a partition of its own.
 *
 * | name | type | content |
 * |------|------|-------|
 * | `pk` `sk` | S | target; target, tenant, priority and job (table-keys.ts) |
 * | `u` `r` `s` | N | of a target: until, refusals, started |
 * | `p` `b` | N | of a target: the number of the next probe (probeId), and when it starts (probeAt) |
 * | `w` `e` | N | of a target: probeSize, pauseSeconds |
 * | `t` | S | of a target: the tenant that was served last |
 * | `ttl` | N | when the item expires, if it is not removed before |
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
      const failure = await conditionFailureOf(client.send(command));
      // The SDK may have repeated the write after the response to its first try was lost.
      const isOwnWrite = failure?.Item?.['p']?.N === String(next.probeId);
      return failure === undefined || isOwnWrite ? 'written' : 'conflict';
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
      if ((await conditionFailureOf(sent)) !== undefined) return undefined;
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
      return (await conditionFailureOf(client.send(command))) === undefined ? 'ended' : 'conflict';
    },
    async add(target, job, now) {
      const command = new UpdateItemCommand({
        TableName,
        Key: queuedJobItemKey(target, job),
        UpdateExpression: 'SET #ttl = :ttl',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':ttl': ttlAttribute(now) },
      });
      await client.send(command);
    },
    async next(target, limit) {
      const lastServedTenant = readOptionalText((await getTarget(target)) ?? {}, 't');
      if (lastServedTenant === undefined) return query(table, { target, limit });
      const after = await query(table, {
        target,
        limit,
        condition: 'sk > :served',
        lastServedTenant: lastServedTenant,
      });
      if (after.length === limit) return after;
      const remaining = limit - after.length;
      const before = await query(table, {
        target,
        limit: remaining,
        condition: 'sk <= :served',
        lastServedTenant: lastServedTenant,
      });
      return [...after, ...before];
    },
    async take(target, job) {
      const command = new DeleteItemCommand({
        TableName,
        Key: queuedJobItemKey(target, job),
        ConditionExpression: 'attribute_exists(pk)',
      });
      const failure = await conditionFailureOf(client.send(command));
      // The first try, whose response was lost, may have taken the job. A double start is harmless; a missed
      // start is not.
      if (failure !== undefined && !wasRetried(failure)) return false;
      await recordServedTenant(table, target, job.tenant);
      return true;
    },
  };
}

/** Records the tenant that was served last. Does nothing for a target that is no longer congested. */
async function recordServedTenant(
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
  await conditionFailureOf(client.send(command));
}

interface QueueRange {
  readonly target: string;
  readonly limit: number;
  readonly condition?: 'sk > :served' | 'sk <= :served';
  readonly lastServedTenant?: string;
}

async function query(
  { client, tableName: TableName }: Table,
  { target, limit, condition, lastServedTenant }: QueueRange,
): Promise<readonly QueuedJob[]> {
  const command = new QueryCommand({
    TableName,
    KeyConditionExpression: condition === undefined ? 'pk = :pk' : `pk = :pk AND ${condition}`,
    ExpressionAttributeValues: {
      ':pk': { S: queuePartition(target) },
      // Sorts after all jobs of the tenant, because their ranks start with a digit.
      ...(lastServedTenant === undefined ? {} : { ':served': { S: `${lastServedTenant}#~` } }),
    },
    Limit: limit,
    ConsistentRead: true,
  });
  const { Items = [] } = await client.send(command);
  return Items.map(readQueuedJob);
}

function updateOf({ target, ...congestion }: Congestion, expected: number | undefined) {
  const condition = expected === undefined ? 'attribute_not_exists(pk)' : 'p = :expected';
  return {
    Key: congestionItemKey(target),
    UpdateExpression: 'SET u = :u, r = :r, s = :s, p = :p, b = :b, w = :w, e = :e, #ttl = :ttl',
    ConditionExpression: condition,
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: {
      ':u': number(congestion.until),
      ':r': number(congestion.refusals),
      ':s': number(congestion.started),
      ':p': number(congestion.probeId),
      ':b': number(congestion.probeAt),
      ':w': number(congestion.probeSize),
      ':e': number(congestion.pauseSeconds),
      ':ttl': ttlAttribute(congestion.until),
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
    probeId: readNumber(item, 'p'),
    probeAt: readNumber(item, 'b'),
    probeSize: readNumber(item, 'w'),
    pauseSeconds: readNumber(item, 'e'),
  };
}

/** Expires after eight days, which is longer than any job may wait in a queue. */
function ttlAttribute(fromMs: number) {
  return number(Math.ceil(fromMs / 1000) + 8 * 86_400);
}
