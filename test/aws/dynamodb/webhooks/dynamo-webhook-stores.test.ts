import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoDeliveryStore } from '../../../../aws/dynamodb/webhooks/dynamo-delivery-store.ts';
import { dynamoSlowCallSlots } from '../../../../aws/dynamodb/webhooks/dynamo-slow-call-slots.ts';
import { dynamoWebhookSecretStore } from '../../../../aws/dynamodb/webhooks/dynamo-webhook-secret-store.ts';
import { dynamoWebhookStore } from '../../../../aws/dynamodb/webhooks/dynamo-webhook-store.ts';
import { fromItem, toItem } from '../../../../aws/dynamodb/webhooks/webhook-item.ts';
import type { Delivery } from '../../../../core/webhooks/model/delivery.ts';
import type { Webhook } from '../../../../core/webhooks/model/webhook.ts';
import { describeDeliveryStore } from '../../../contract/suites/delivery-store-suite.ts';
import {
  describeWebhookSecretStore,
  describeWebhookStore,
} from '../../../contract/suites/webhook-store-suite.ts';
import { describeSlowCallSlots } from '../../../contract/webhooks/slow-call-slots-suite.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { watchTable } from '../../../support/jobs/table-watch.ts';
import { startTestEngine, type TestEngine } from '../../../support/local-service/errand-table.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.stop());

describe('dynamoWebhookStore', () =>
  describeWebhookStore(async () => dynamoWebhookStore(await engine.makeTable())));
describe('dynamoWebhookSecretStore', () =>
  describeWebhookSecretStore(async () => dynamoWebhookSecretStore(await engine.makeTable())));
describe('dynamoDeliveryStore', () =>
  describeDeliveryStore(async () => dynamoDeliveryStore(await engine.makeTable())));
describe('dynamoSlowCallSlots', () =>
  describeSlowCallSlots(async () => dynamoSlowCallSlots(await engine.makeTable())));

const webhook: Webhook = {
  tenant: 'local',
  id: jobIdAt(1),
  url: 'https://receiver.example/',
  states: [],
  services: [],
  tags: [],
  status: 'active',
  updatedAt: 1,
  version: 1,
};

test('the item of a webhook with another layout is refused', () => {
  expect(fromItem(toItem(webhook))).toMatchObject(webhook);
  expect(() => fromItem({ ...toItem(webhook), z: { N: '2' } })).toThrow('has layout version 2');
});

describe('the cost of deliveries', () => {
  const delivery: Delivery = {
    tenant: 'local',
    webhookId: webhook.id,
    id: `1796063671515-${jobIdAt(5)}-1`,
    eventId: `${jobIdAt(5)}/1`,
    type: 'errand.job.succeeded',
    status: 'delivered',
    attempts: [{ at: 1_796_063_671_515, durationMs: 5, status: 200, answer: 'x'.repeat(300) }],
    round: 0,
    tries: 1,
    updatedAt: 1_796_063_671_515,
    version: 1,
  };

  test('is half a read unit for a tenant without webhooks', async () => {
    const table = await engine.makeTable();
    const { totalUnits } = watchTable(table);
    expect(await dynamoWebhookStore(table).list('nobody', 'eventual')).toEqual([]);
    expect(totalUnits()).toBe(0.5);
  });

  test('is one write unit for a delivery that succeeds, which expires after 30 days', async () => {
    const table = await engine.makeTable();
    const { totalUnits } = watchTable(table);
    await dynamoDeliveryStore(table).put(delivery, undefined);
    expect(totalUnits()).toBe(1);
    const key = { pk: { S: `WD#local#${webhook.id}` }, sk: { S: delivery.id } };
    const { Item } = await table.client.send(new GetItemCommand({ TableName: table.tableName, Key: key }));
    expect(Item?.['ttl']).toEqual({ N: String(Math.ceil(delivery.updatedAt / 1000) + 30 * 86_400) });
  });

  test('is two write units for an attempt that fails, and two for the end of the delivery', async () => {
    const table = await engine.makeTable();
    const { calls } = watchTable(table);
    const pending = { ...delivery, status: 'pending', nextAttemptAt: 5, nextCheckAt: 6 } as const;
    await dynamoDeliveryStore(table).put(pending, undefined);
    await dynamoDeliveryStore(table).put({ ...delivery, version: 2 }, 1);
    expect(calls).toMatchObject([
      { tableUnits: 1, indexUnits: { due: 1 } },
      { tableUnits: 1, indexUnits: { due: 1 } },
    ]);
  });
});
