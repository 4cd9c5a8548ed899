import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { eventBridgeClient } from '../../aws/clients/event-bridge-client.ts';
import { stepFunctionsClient } from '../../aws/clients/step-functions-client.ts';
import { dynamoJobCounters } from '../../aws/dynamodb/dynamo-job-counters.ts';
import { dynamoJobLinks } from '../../aws/dynamodb/dynamo-job-links.ts';
import { readJobChange } from '../../aws/dynamodb/job-items/job-change.ts';
import { dynamoJobStore } from '../../aws/dynamodb/jobs/dynamo-job-store.ts';
import { dynamoWebhookStore } from '../../aws/dynamodb/webhooks/dynamo-webhook-store.ts';
import { eventBus } from '../../aws/events/event-bus.ts';
import { stepFunctionsStarter } from '../../aws/stepfunctions/step-functions-starter.ts';
import { systemClock } from '../../aws/system/system-clock.ts';
import { changesBeforeFirst, countJobs } from '../../core/events/count-jobs.ts';
import { publishEvents } from '../../core/events/publish-events.ts';
import { wakeDependents } from '../../core/jobs/relations/wake-dependents.ts';
import { cachedActiveWebhooks } from '../../core/webhooks/delivery/active-webhooks.ts';
import { sendToWebhooks } from '../../core/webhooks/delivery/send-to-webhooks.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createLog } from '../_shared/logger.ts';
import { baseUrlSetting, startSettings } from '../_shared/settings.ts';
import { webhookQueuePort } from '../_shared/webhook-ports.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const log = createLog();
const table = { client: dynamoClient(), tableName: env.TABLE_NAME };
const deps = {
  bus: eventBus({ client: eventBridgeClient(), busName: env.BUS_NAME, log }),
  jobs: dynamoJobStore(table),
  counters: dynamoJobCounters(table),
  links: dynamoJobLinks(table),
  executions: stepFunctionsStarter({
    client: stepFunctionsClient(),
    stateMachineArns: { express: env.EXPRESS_ROUTER_ARN, standard: env.STANDARD_ROUTER_ARN },
  }),
  activeWebhooks: cachedActiveWebhooks(dynamoWebhookStore(table), systemClock),
  webhookQueue: webhookQueuePort(env, log),
  clock: systemClock,
  log,
  settings: { ...startSettings(env), apiBaseUrl: baseUrlSetting(env.API_URL) },
};

/** Maximum time of one invocation for waking the dependents of ended jobs. */
const wakeMs = 20_000;

/**
 * Called with batches of the table's stream: publishes the transitions of jobs on the event bus, requests their
 * delivery to webhooks, wakes the dependents of ended jobs, and counts ended jobs.
 */
export const handler = middy<DynamoDBStreamEvent>().handler(async (event): Promise<DynamoDBBatchResponse> => {
  const changes = event.Records.flatMap((record) => readJobChange(record) ?? []);
  const deadline = systemClock.now() + wakeMs;
  const [unpublished, unsent] = await Promise.all([
    publishEvents(deps, changes),
    sendToWebhooks(deps, changes),
    wakeDependents(deps, changes, { budgetEndsAt: deadline }),
  ]);
  const failed = [...new Set([...unpublished, ...unsent])];
  // Lambda delivers the records from the first failed one on again, so those are counted later.
  const uncounted = await countJobs(deps, changesBeforeFirst(changes, failed));
  return { batchItemFailures: [...failed, ...uncounted].map((itemIdentifier) => ({ itemIdentifier })) };
});
