import middy from '@middy/core';
import * as z from 'zod/mini';
import { batchDispatcher } from '../../aws/batch/batch-dispatcher.ts';
import { lazyBatchClient } from '../../aws/clients/batch-client.ts';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { dynamoServiceStore } from '../../aws/dynamodb/dynamo-service-store.ts';
import { dynamoJobStore } from '../../aws/dynamodb/jobs/dynamo-job-store.ts';
import { systemClock } from '../../aws/system/system-clock.ts';
import { submitBatchAttempt } from '../../core/jobs/batch/submit-batch-attempt.ts';
import { cachedServices } from '../../core/services/cached-services.ts';
import { capacityPorts } from '../_shared/capacity-ports.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { resourceNameSettings, startSettings } from '../_shared/settings.ts';
import { startPorts } from '../_shared/start-ports.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const table = { client: dynamoClient(), tableName: env.TABLE_NAME };
const deps = {
  ...startPorts(env),
  ...capacityPorts(table),
  jobs: dynamoJobStore(table),
  services: cachedServices(dynamoServiceStore(table), systemClock),
  batch: batchDispatcher({ client: lazyBatchClient(), jobQueue: env.JOB_QUEUE }),
  settings: { ...startSettings(env), ...resourceNameSettings(env) },
};

/** The input from the state `SubmitBatch` of the attempt state machine. */
const request = z.object({
  tenant: z.string(),
  jobId: z.string(),
  attempt: z.int(),
  worker: z.object({ url: z.string(), token: z.string() }),
  retryCount: z.int(),
});

/** Called by the attempt state machine: submits the claimed attempt to AWS Batch. */
export const handler = middy().handler(async (event: unknown) => {
  const { retryCount, ...attempt } = request.parse(event);
  const submitted = await submitBatchAttempt(deps, { ...attempt, isRepeated: retryCount > 0 });
  return { submitted };
});
