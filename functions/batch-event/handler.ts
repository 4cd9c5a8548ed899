import middy from '@middy/core';
import { batchDispatcher } from '../../aws/batch/batch-dispatcher.ts';
import { lazyBatchClient } from '../../aws/clients/batch-client.ts';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { dynamoDataStore } from '../../aws/dynamodb/data/dynamo-data-store.ts';
import { dynamoReusableResults } from '../../aws/dynamodb/dynamo-reusable-results.ts';
import { applyBatchEvent } from '../../core/jobs/batch/apply-batch-event.ts';
import { attemptPorts } from '../_shared/attempt-ports.ts';
import { capacityPorts } from '../_shared/capacity-ports.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { startSettings } from '../_shared/settings.ts';
import { environment } from './environment.ts';
import { parseEvent } from './parse-event.ts';

const env = readEnvironment(environment);
const table = { client: dynamoClient(), tableName: env.TABLE_NAME };
const deps = {
  ...attemptPorts(table, env),
  ...capacityPorts(table),
  data: dynamoDataStore(table),
  results: dynamoReusableResults(table),
  settings: startSettings(env),
  batch: batchDispatcher({ client: lazyBatchClient(), jobQueue: env.JOB_QUEUE }),
};

/**
 * Called by EventBridge with a state change of a Batch job, or because the Batch job blocks its queue:
 * updates the job whose attempt it runs.
 */
export const handler = middy().handler((event: unknown) => applyBatchEvent(deps, parseEvent(event)));
