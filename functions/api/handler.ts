import middy from '@middy/core';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { batchDispatcher } from '../../aws/batch/batch-dispatcher.ts';
import { hasJobDefinition } from '../../aws/batch/has-job-definition.ts';
import { lazyBatchClient } from '../../aws/clients/batch-client.ts';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { lazyLambdaClient } from '../../aws/clients/lambda-client.ts';
import { lazyLogsClient } from '../../aws/clients/logs-client.ts';
import { dynamoIdempotencyStore } from '../../aws/dynamodb/dynamo-idempotency-store.ts';
import { dynamoJobCounters } from '../../aws/dynamodb/dynamo-job-counters.ts';
import { dynamoJobLinks } from '../../aws/dynamodb/dynamo-job-links.ts';
import { dynamoReusableResults } from '../../aws/dynamodb/dynamo-reusable-results.ts';
import { dynamoServiceStore } from '../../aws/dynamodb/dynamo-service-store.ts';
import { dynamoGroupCounters } from '../../aws/dynamodb/groups/dynamo-group-counters.ts';
import { dynamoDeliveryStore } from '../../aws/dynamodb/webhooks/dynamo-delivery-store.ts';
import { dynamoWebhookSecretStore } from '../../aws/dynamodb/webhooks/dynamo-webhook-secret-store.ts';
import { dynamoWebhookStore } from '../../aws/dynamodb/webhooks/dynamo-webhook-store.ts';
import { dnsResolver } from '../../aws/http/dns-resolver.ts';
import { hasFunction } from '../../aws/lambda/has-function.ts';
import { type RedriveRequest, redriveInPublisher } from '../../aws/lambda/redrive-in-publisher.ts';
import { cloudWatchAttemptLogs } from '../../aws/logs/cloudwatch-attempt-logs.ts';
import { typicalDuration } from '../../core/jobs/queries/typical-duration.ts';
import { durationCache } from '../../core/jobs/waiting/duration-cache.ts';
import { attemptPorts } from '../_shared/attempt-ports.ts';
import { dataPorts } from '../_shared/data-ports.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { conditionalReads } from '../_shared/http/conditional-reads.ts';
import { problems } from '../_shared/http/problems.ts';
import { responseHeaders } from '../_shared/http/response-headers.ts';
import { longPollPorts } from '../_shared/long-poll-ports.ts';
import { operationPorts } from '../_shared/operation-ports.ts';
import {
  dataSettings,
  eventLogSettings,
  longPollSettings,
  resourceNameSettings,
  startSettings,
} from '../_shared/settings.ts';
import { webhookQueuePort, webhookSettings } from '../_shared/webhook-ports.ts';
import { environment } from './environment.ts';
import { preflightResponse } from './preflight.ts';
import { serveRequest } from './serve-request.ts';

const env = readEnvironment(environment);
const table = { client: dynamoClient(), tableName: env.TABLE_NAME };
const settings = {
  ...startSettings(env),
  ...dataSettings(env),
  ...eventLogSettings(env),
  ...longPollSettings(env),
  ...resourceNameSettings(env),
  ...webhookSettings(env),
};
const { services: cachedServices, ...ports } = attemptPorts(table, env);
const counters = dynamoJobCounters(table);
const batchClient = lazyBatchClient();
const lambdaClient = lazyLambdaClient();
/** A registration waits no longer for the check of its function or job definition. */
const checkTimeoutMs = 3000;
const deps = {
  ...ports,
  settings,
  ...dataPorts(table, env),
  ...operationPorts(table, env),
  idempotency: dynamoIdempotencyStore(table),
  links: dynamoJobLinks(table),
  results: dynamoReusableResults(table),
  services: dynamoServiceStore(table),
  cachedServices: cachedServices,
  ...longPollPorts(table, { ...ports, settings }),
  batch: batchDispatcher({ client: batchClient, jobQueue: env.JOB_QUEUE }),
  resources: {
    hasFunction: (name: string) => hasFunction(lambdaClient, name, AbortSignal.timeout(checkTimeoutMs)),
    hasJobDefinition: (name: string) =>
      hasJobDefinition(batchClient, name, AbortSignal.timeout(checkTimeoutMs)),
  },
  logs: cloudWatchAttemptLogs({ client: lazyLogsClient() }),
  webhooks: dynamoWebhookStore(table),
  deliveries: dynamoDeliveryStore(table),
  webhookSecrets: dynamoWebhookSecretStore({ client: table.client, tableName: env.SECRETS_TABLE_NAME }),
  webhookQueue: webhookQueuePort(env, ports.log),
  names: dnsResolver(),
  redriveEvents: (redrive: RedriveRequest['redrive']) =>
    redriveInPublisher(lambdaClient, env.PUBLISHER_NAME, redrive),
  counters,
  groups: dynamoGroupCounters(table),
  durations: durationCache((tenant, service) => typicalDuration({ counters }, { tenant, service }), ports),
};

/** Serves all routes except those with streamed responses. */
export const handler = middy()
  .use(responseHeaders(env.CORS_ORIGINS))
  .use(problems(ports.log))
  .use(conditionalReads())
  .handler(
    (event: APIGatewayProxyEvent) => preflightResponse(event, env.CORS_ORIGINS) ?? serveRequest(deps, event),
  );
