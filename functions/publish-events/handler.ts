import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { eventBridgeClient } from '../../aws/clients/event-bridge-client.ts';
import { stepFunctionsClient } from '../../aws/clients/step-functions-client.ts';
import { dynamoJobCounters } from '../../aws/dynamodb/dynamo-job-counters.ts';
import { dynamoJobLinks } from '../../aws/dynamodb/dynamo-job-links.ts';
import { dynamoEventLog } from '../../aws/dynamodb/events/dynamo-event-log.ts';
import { dynamoGroupCounters } from '../../aws/dynamodb/groups/dynamo-group-counters.ts';
import { readJobChange } from '../../aws/dynamodb/job-items/job-change.ts';
import { dynamoJobStore } from '../../aws/dynamodb/jobs/dynamo-job-store.ts';
import { dynamoWebhookStore } from '../../aws/dynamodb/webhooks/dynamo-webhook-store.ts';
import { eventBus } from '../../aws/events/event-bus.ts';
import { stepFunctionsStarter } from '../../aws/stepfunctions/step-functions-starter.ts';
import { systemClock } from '../../aws/system/system-clock.ts';
import { systemRandom } from '../../aws/system/system-random.ts';
import { changesBeforeFirst, countJobs } from '../../core/events/count-jobs.ts';
import { logAndPublish } from '../../core/events/log/log-and-publish.ts';
import { logTails } from '../../core/events/log/log-tails.ts';
import type { JobChange } from '../../core/events/publish-events.ts';
import { countGroups } from '../../core/groups/count-groups.ts';
import { recordReruns } from '../../core/jobs/relations/record-reruns.ts';
import { wakeDependents } from '../../core/jobs/relations/wake-dependents.ts';
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
  clock: systemClock,
  random: systemRandom(),
  log,
  settings: { ...startSettings(env), ...eventLogSettings(env), ...webhooks.settings },
};

/** Maximum time of one invocation for changes of other jobs: waking the dependents of ended jobs, and recording reruns. */
const relatedMs = 20_000;

/**
 * Called with batches of the table's stream: appends the transitions of jobs to the event log, publishes them on the event
 * bus and requests their delivery to webhooks, wakes the dependents of ended jobs, records reruns on the jobs that they rerun,
 * and counts ended jobs and the jobs of groups.
 */
export const handler = middy<DynamoDBStreamEvent>().handler(async (event): Promise<DynamoDBBatchResponse> => {
  const changes = event.Records.flatMap((record) => readJobChange(record) ?? []);
  const budget = { budgetEndsAt: systemClock.now() + relatedMs };
  const [unpublished, unrecorded] = await Promise.all([
    logAndPublish(deps, changes),
    recordReruns(deps, changes, budget),
    wakeDependents(deps, changes, budget),
  ]);
  const failed = [...unpublished, ...unrecorded];
  // Lambda delivers the records from the first failed one on again, so those are counted later.
  const uncounted = await countJobs(deps, changesBeforeFirst(changes, failed));
  // Last, so that only a failure to count delivers changes again that a group has counted.
  const notInGroups = await countGroups(deps, changesBeforeFirst(changes, [...failed, ...uncounted]));
  const failures = [...new Set([...failed, ...uncounted, ...notInGroups])];
  return { batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })) };
});
