import middy from '@middy/core';
import * as z from 'zod/mini';
import { createDynamoClient } from '../../aws/clients.ts';
import { dynamoJobStore } from '../../aws/dynamo-job-store.ts';
import { dynamoServiceStore } from '../../aws/dynamo-service-store.ts';
import { s3ObjectStore } from '../../aws/s3-object-store.ts';
import { chance, systemClock } from '../../aws/system.ts';
import { dispatchAttempt } from '../../core/jobs/dispatch-attempt.ts';
import { cachedServices } from '../../core/services/cached-services.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createLog } from '../_shared/logger.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const client = createDynamoClient();
const deps = {
  jobs: dynamoJobStore({ client, tableName: env.TABLE_NAME }),
  services: cachedServices(dynamoServiceStore({ client, tableName: env.TABLE_NAME }), systemClock),
  objects: s3ObjectStore({ bucketName: env.BUCKET_NAME }),
  clock: systemClock,
  chance,
  log: createLog(),
};

/** What the router's first state says. */
const request = z.object({
  tenant: z.string(),
  jobId: z.string(),
  attempt: z.int(),
  executionId: z.string(),
});

/** Called by the job router: claims an attempt and answers what to run. */
export const handler = middy().handler((event: unknown) =>
  dispatchAttempt(deps, { ...request.parse(event), apiUrl: env.API_URL }),
);
