import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { eventBridgeClient } from '../../aws/clients/event-bridge-client.ts';
import { dynamoEventLog } from '../../aws/dynamodb/events/dynamo-event-log.ts';
import { dynamoJobStore } from '../../aws/dynamodb/jobs/dynamo-job-store.ts';
import { dynamoDeliveryStore } from '../../aws/dynamodb/webhooks/dynamo-delivery-store.ts';
import { dynamoSlowCallSlots } from '../../aws/dynamodb/webhooks/dynamo-slow-call-slots.ts';
import { dynamoWebhookSecretStore } from '../../aws/dynamodb/webhooks/dynamo-webhook-secret-store.ts';
import { dynamoWebhookStore } from '../../aws/dynamodb/webhooks/dynamo-webhook-store.ts';
import { eventBus } from '../../aws/events/event-bus.ts';
import { webhookSender } from '../../aws/http/webhook-sender.ts';
import { readWebhookMessage } from '../../aws/sqs/sqs-webhook-queue.ts';
import { systemClock } from '../../aws/system/system-clock.ts';
import { systemRandom } from '../../aws/system/system-random.ts';
import { processMessages } from '../../core/webhooks/delivery/process-messages.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createLog } from '../_shared/logger.ts';
import { baseUrlSetting, eventLogSettings } from '../_shared/settings.ts';
import { webhookQueuePort, webhookSettings } from '../_shared/webhook-ports.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const log = createLog();
const client = dynamoClient();
const table = { client, tableName: env.TABLE_NAME };
const settings = {
  ...webhookSettings(env),
  ...eventLogSettings(env),
  apiBaseUrl: baseUrlSetting(env.API_URL),
};
const deps = {
  webhooks: dynamoWebhookStore(table),
  deliveries: dynamoDeliveryStore(table),
  slowCalls: dynamoSlowCallSlots(table),
  webhookSecrets: dynamoWebhookSecretStore({ client, tableName: env.SECRETS_TABLE_NAME }),
  jobs: dynamoJobStore(table),
  eventLog: dynamoEventLog(table),
  webhookQueue: webhookQueuePort(env, log),
  sender: webhookSender({ policy: { allowsLoopback: settings.allowsLoopbackWebhooks }, log }),
  bus: eventBus({ client: eventBridgeClient(), busName: env.BUS_NAME, log }),
  clock: systemClock,
  random: systemRandom(),
  log,
  settings,
};

/** Called with messages about webhooks: makes attempts to deliver events, all of a batch at the same time. */
export const handler = middy<SQSEvent>().handler(async ({ Records: records }): Promise<SQSBatchResponse> => {
  const messages = records.map(({ messageId, body }) => ({
    id: messageId,
    read: () => readWebhookMessage(body),
  }));
  const failed = await processMessages(deps, messages);
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
});
