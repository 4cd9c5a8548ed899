import middy from '@middy/core';
import type { SQSEvent } from 'aws-lambda';
import { batchDispatcher } from '../../aws/batch/batch-dispatcher.ts';
import { lazyBatchClient } from '../../aws/clients/batch-client.ts';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { eventBridgeClient } from '../../aws/clients/event-bridge-client.ts';
import { lazyS3Client } from '../../aws/clients/s3-client.ts';
import { dynamoIdempotencyStore } from '../../aws/dynamodb/dynamo-idempotency-store.ts';
import { dynamoJobLinks } from '../../aws/dynamodb/dynamo-job-links.ts';
import { dynamoReusableResults } from '../../aws/dynamodb/dynamo-reusable-results.ts';
import { eventBus } from '../../aws/events/event-bus.ts';
import { s3ContentReader } from '../../aws/s3/s3-content-reader.ts';
import { readMessage } from '../../aws/sqs/operation-queue.ts';
import { systemClock } from '../../aws/system/system-clock.ts';
import { isTransientError } from '../../aws/system/transient-error.ts';
import { runOperation } from '../../core/operations/work/run-operation.ts';
import { attemptPorts } from '../_shared/attempt-ports.ts';
import { dataPorts } from '../_shared/data-ports.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { operationPorts } from '../_shared/operation-ports.ts';
import { baseUrlSetting, startSettings } from '../_shared/settings.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const table = { client: dynamoClient(), tableName: env.TABLE_NAME };
const ports = attemptPorts(table, env);
const deps = {
  ...ports,
  ...dataPorts(table, env),
  ...operationPorts(table, env),
  links: dynamoJobLinks(table),
  idempotency: dynamoIdempotencyStore(table),
  results: dynamoReusableResults(table),
  batch: batchDispatcher({ client: lazyBatchClient(), jobQueue: env.JOB_QUEUE }),
  contentReader: s3ContentReader({ client: lazyS3Client(), bucketName: env.BUCKET_NAME }),
  bus: eventBus({ client: eventBridgeClient(), busName: env.BUS_NAME, log: ports.log }),
  isTransient: isTransientError,
  settings: { ...startSettings(env), apiBaseUrl: baseUrlSetting(env.API_URL) },
};

/** After this time, other operations in the queue get their turn. */
const turnMs = 20_000;

/**
 * Called with a message of the queue of operations: works on the operation for 20 s, and puts it at the end of the queue if work is
 * left. A batch contains one message.
 */
export const handler = middy<SQSEvent>().handler(async ({ Records }) => {
  for (const { body } of Records)
    await runOperation(deps, readMessage(body), { budgetEndsAt: systemClock.now() + turnMs });
});
