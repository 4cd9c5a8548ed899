import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { eventBridgeClient } from '../../aws/clients/event-bridge-client.ts';
import { eventBus } from '../../aws/event-bus.ts';
import { readJobChange } from '../../aws/job-change.ts';
import { publishEvents } from '../../core/events/publish-events.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createLog } from '../_shared/logger.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const deps = { bus: eventBus({ client: eventBridgeClient(), busName: env.BUS_NAME, log: createLog() }) };
const baseUrl = env.API_URL.replace(/\/$/, '');

/** Called with batches of the table's stream: puts the moves of jobs on the bus. */
export const handler = middy<DynamoDBStreamEvent>().handler(async (event): Promise<DynamoDBBatchResponse> => {
  const changes = event.Records.flatMap((record) => readJobChange(record) ?? []);
  const failed = await publishEvents(deps, { changes, baseUrl });
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
});
