import { GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { WebhookKey, WebhookStore } from '../../../core/ports/webhooks/webhook-store.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import type { Webhook } from '../../../core/webhooks/model/webhook.ts';
import {
  conditionFailureOf,
  itemNotExists,
  putIf,
  versionEquals,
  wasRetried,
} from '../table/conditional-write.ts';
import { deleteIf } from '../table/delete-if.ts';
import { number, readNumber } from '../table/item-attributes.ts';
import type { Item, Table } from '../table/table.ts';
import { tenantPartition } from '../table/table-keys.ts';
import { fromItem, ownedNames, toItem } from './webhook-item.ts';
import { webhookItemKey, webhookPrefix } from './webhook-keys.ts';

/**
 * Stores webhooks in DynamoDB. Deliveries and the owner write different attributes of an item, so neither overwrites the other.
 * Throttling and errors that outlast the SDK's retries are thrown.
 */
export function dynamoWebhookStore(table: Table): WebhookStore {
  return {
    insert: async (webhook) => ((await putIf(table, toItem(webhook), itemNotExists)) ? 'inserted' : 'exists'),
    async get(key) {
      const Key = webhookItemKey(key);
      const command = new GetItemCommand({ TableName: table.tableName, Key, ConsistentRead: true });
      const { Item: item } = await table.client.send(command);
      return item === undefined ? undefined : fromItem(item);
    },
    list: async (tenant, consistency) =>
      (await queryWebhooks(table, tenant, consistency === 'strong')).map(fromItem),
    replace: (webhook, expectedVersion, health = {}) => replace(table, { webhook, expectedVersion, health }),
    remove: async (key, expectedVersion) =>
      (await deleteIf(table, webhookItemKey(key), versionEquals('v', expectedVersion)))
        ? 'removed'
        : 'conflict',
    recordFailure: (key, failure) => recordFailure(table, key, failure),
    async recordSuccess(key, failingSince) {
      await updateExisting(table, key, {
        UpdateExpression: 'REMOVE fs',
        ConditionExpression: 'fs = :since',
        ExpressionAttributeValues: { ':since': number(failingSince) },
      });
    },
    async recordSlow(key, { at, version }) {
      await updateExisting(table, key, {
        UpdateExpression: 'SET sl = if_not_exists(sl, :at)',
        ConditionExpression: 'v = :version',
        ExpressionAttributeValues: { ':at': number(at), ':version': number(version) },
      });
    },
    async recordFast(key, slowSince) {
      await updateExisting(table, key, {
        UpdateExpression: 'REMOVE sl',
        ConditionExpression: 'sl = :since',
        ExpressionAttributeValues: { ':since': number(slowSince) },
      });
    },
    async recordAnnouncement(key) {
      await updateExisting(table, key, { UpdateExpression: 'REMOVE un' });
    },
  };
}

async function queryWebhooks(table: Table, tenant: string, consistent: boolean): Promise<readonly Item[]> {
  const found: Item[] = [];
  let startKey: Item | undefined;
  do {
    const { Items: items = [], LastEvaluatedKey: last } = await table.client.send(
      new QueryCommand({
        TableName: table.tableName,
        KeyConditionExpression: 'pk = :tenant AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: {
          ':tenant': { S: tenantPartition(tenant) },
          ':prefix': { S: webhookPrefix },
        },
        ConsistentRead: consistent,
        ...omitUndefined({ ExclusiveStartKey: startKey }),
      }),
    );
    found.push(...items);
    startKey = last;
  } while (startKey !== undefined);
  return found;
}

interface Replacement {
  readonly webhook: Webhook;
  readonly expectedVersion: number;
  readonly health: NonNullable<Parameters<WebhookStore['replace']>[2]>;
}

async function replace(
  table: Table,
  { webhook, expectedVersion, health }: Replacement,
): Promise<'replaced' | 'conflict'> {
  const item = toItem(webhook);
  const names = Object.fromEntries(ownedNames.map((name) => [`#${name}`, name]));
  const values = Object.fromEntries(
    ownedNames.flatMap((name) => (item[name] ? [[`:${name}`, item[name]]] : [])),
  );
  const assignments = ownedNames.map((name) => `#${name} = :${name}`);
  const unannounced = health.isUnannounced === true;
  const { ifFailingSince } = health;
  const command = new UpdateItemCommand({
    TableName: table.tableName,
    Key: webhookItemKey({ tenant: webhook.tenant, webhookId: webhook.id }),
    UpdateExpression: `SET ${[...assignments, ...(unannounced ? ['un = :true'] : [])].join(', ')}${health.resetsHealth === true ? ' REMOVE fs, sl, un' : ''}`,
    ConditionExpression: `#v = :expected${ifFailingSince === undefined ? '' : ' AND fs = :since'}`,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: {
      ...values,
      ':expected': number(expectedVersion),
      ...(unannounced ? { ':true': { BOOL: true } } : {}),
      ...(ifFailingSince === undefined ? {} : { ':since': number(ifFailingSince) }),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const failure = await conditionFailureOf(table.client.send(command));
  if (failure === undefined) return 'replaced';
  // When a response was lost, the SDK repeated a write that had succeeded.
  const stored = failure.Item;
  const isOwn = stored !== undefined && ownedNames.every((name) => sameValue(stored[name], item[name]));
  return wasRetried(failure) && isOwn ? 'replaced' : 'conflict';
}

function sameValue(left: Item[string] | undefined, right: Item[string] | undefined): boolean {
  return left?.S === right?.S && left?.N === right?.N;
}

async function recordFailure(
  table: Table,
  key: WebhookKey,
  { at, version }: Parameters<WebhookStore['recordFailure']>[1],
): Promise<number | undefined> {
  const command = new UpdateItemCommand({
    TableName: table.tableName,
    Key: webhookItemKey(key),
    UpdateExpression: 'SET fs = if_not_exists(fs, :at)',
    ConditionExpression: 'v = :version',
    ExpressionAttributeValues: { ':at': number(at), ':version': number(version) },
    ReturnValues: 'ALL_NEW',
  });
  let failingSince: number | undefined;
  const write = table.client.send(command).then(({ Attributes = {} }) => {
    failingSince = readNumber(Attributes, 'fs');
  });
  return (await conditionFailureOf(write)) === undefined ? failingSince : undefined;
}

type Update = Pick<
  ConstructorParameters<typeof UpdateItemCommand>[0],
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** Updates an existing webhook if the condition is true, and returns whether it did. */
async function updateExisting(table: Table, key: WebhookKey, update: Update): Promise<boolean> {
  const { ConditionExpression: condition } = update;
  const command = new UpdateItemCommand({
    TableName: table.tableName,
    Key: webhookItemKey(key),
    ...update,
    ConditionExpression: `attribute_exists(pk)${condition === undefined ? '' : ` AND (${condition})`}`,
  });
  return (await conditionFailureOf(table.client.send(command))) === undefined;
}
