import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { createEventBridgeClient } from '../../aws/clients.ts';
import { eventBridgeBus } from '../../aws/event-bus.ts';
import { readJobChange } from '../../aws/job-change.ts';
import { publishEvents } from '../../core/events/publish-events.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const deps = { bus: eventBridgeBus({ client: createEventBridgeClient(), busName: env.BUS_NAME }) };
const baseUrl = env.API_URL.replace(/\/$/, '');

/** Called with batches of the table's stream: puts the moves of jobs on the bus. */
export const handler = middy().handler(async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  const changes = event.Records.flatMap((record) => readJobChange(record) ?? []);
  const failed = await publishEvents(deps, { changes, baseUrl });
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
});
