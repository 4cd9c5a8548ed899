import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { eventBridgeClient } from '../../aws/clients/event-bridge-client.ts';
import { lazyS3Client } from '../../aws/clients/s3-client.ts';
import { stepFunctionsClient } from '../../aws/clients/step-functions-client.ts';
import { dynamoJobCounters } from '../../aws/dynamodb/dynamo-job-counters.ts';
import { dynamoJobLinks } from '../../aws/dynamodb/dynamo-job-links.ts';
import { dynamoEventLog } from '../../aws/dynamodb/events/dynamo-event-log.ts';
import { dynamoGroupCounters } from '../../aws/dynamodb/groups/dynamo-group-counters.ts';
import { readJobChange } from '../../aws/dynamodb/job-items/job-change.ts';
import { dynamoJobStore } from '../../aws/dynamodb/jobs/dynamo-job-store.ts';
import { dynamoWebhookStore } from '../../aws/dynamodb/webhooks/dynamo-webhook-store.ts';
import { eventBus } from '../../aws/events/event-bus.ts';
import type { RedriveRequest } from '../../aws/lambda/redrive-in-publisher.ts';
import { s3UnpublishedChanges } from '../../aws/s3/s3-unpublished-changes.ts';
import { stepFunctionsStarter } from '../../aws/stepfunctions/step-functions-starter.ts';
import { systemClock } from '../../aws/system/system-clock.ts';
import { systemRandom } from '../../aws/system/system-random.ts';
import { logTails } from '../../core/events/log/log-tails.ts';
import { publishChanges } from '../../core/events/publish-changes.ts';
import type { JobChange } from '../../core/events/publish-events.ts';
import { type RedriveOutcome, redriveEvents } from '../../core/events/redrive/redrive-events.ts';
import { cachedActiveWebhooks } from '../../core/webhooks/delivery/active-webhooks.ts';
import { sendToWebhooks } from '../../core/webhooks/delivery/send-to-webhooks.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createLog } from '../_shared/logger.ts';
import { baseUrlSetting, eventLogSettings, startSettings } from '../_shared/settings.ts';
import { webhookQueuePort } from '../_shared/webhook-ports.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const log = createLog();
const table = { client: dynamoClient(), tableName: env.TABLE_NAME };
const eventLog = dynamoEventLog(table);
const webhooks = {
  activeWebhooks: cachedActiveWebhooks(dynamoWebhookStore(table), systemClock),
  webhookQueue: webhookQueuePort(env, log),
  log,
  settings: { apiBaseUrl: baseUrlSetting(env.API_URL) },
};
const deps = {
  eventLog,
  tails: logTails({ eventLog, clock: systemClock }),
  bus: eventBus({ client: eventBridgeClient(), busName: env.BUS_NAME, log }),
  jobs: dynamoJobStore(table),
  counters: dynamoJobCounters(table),
  groups: dynamoGroupCounters(table),
  links: dynamoJobLinks(table),
  executions: stepFunctionsStarter({
    client: stepFunctionsClient(),
    stateMachineArns: { express: env.EXPRESS_ROUTER_ARN, standard: env.STANDARD_ROUTER_ARN },
  }),
  sendToWebhooks: (changes: readonly JobChange[]) => sendToWebhooks(webhooks, changes),
  unpublished: s3UnpublishedChanges({ client: lazyS3Client(), bucketName: env.UNPUBLISHED_BUCKET_NAME }),
  clock: systemClock,
  random: systemRandom(),
  log,
  settings: { ...startSettings(env), ...eventLogSettings(env), ...webhooks.settings },
};

/** Maximum time of one invocation for changes of other jobs: waking the dependents of ended jobs, and recording reruns. */
const relatedMs = 20_000;

/** The API, which waits for the response, has 29 s. */
const redriveMs = 12_000;

/**
 * Called with batches of the table's stream: appends the transitions of jobs to the event log, publishes them on the event
 * bus and requests their delivery to webhooks, wakes the dependents of ended jobs, records reruns on the jobs that they rerun,
 * and counts ended jobs and the jobs of groups. Called by the API with a request, it does the same with changes that it gave up
 * before.
 */
export const handler = middy<DynamoDBStreamEvent | RedriveRequest>().handler(
  (event): Promise<DynamoDBBatchResponse | RedriveOutcome> =>
    'redrive' in event
      ? redriveEvents(deps, { ...event.redrive, budgetEndsAt: systemClock.now() + redriveMs })
      : publishBatch(event),
);

async function publishBatch({ Records: records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const changes = records.flatMap((record) => readJobChange(record) ?? []);
  // Lambda delivers the records from the first failed one on again.
  const failed = await publishChanges(deps, changes, {
    relatedUntil: systemClock.now() + relatedMs,
    repeats: 'from-first-failed',
  });
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}
