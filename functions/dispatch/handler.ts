import middy from '@middy/core';
import * as z from 'zod/mini';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { lazyS3Client } from '../../aws/clients/s3-client.ts';
import { dynamoJobStore } from '../../aws/dynamo-job-store.ts';
import { dynamoServiceStore } from '../../aws/dynamo-service-store.ts';
import { s3ObjectStore } from '../../aws/s3-object-store.ts';
import { systemChance } from '../../aws/system-chance.ts';
import { systemClock } from '../../aws/system-clock.ts';
import { dispatchAttempt } from '../../core/jobs/dispatch-attempt.ts';
import { cachedServices } from '../../core/services/cached-services.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createLog } from '../_shared/logger.ts';
import { targetRules } from '../_shared/target-variables.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const table = { client: dynamoClient(), tableName: env.TABLE_NAME };
const deps = {
  jobs: dynamoJobStore(table),
  services: cachedServices(dynamoServiceStore(table), systemClock),
  objects: s3ObjectStore({ client: lazyS3Client(), bucketName: env.BUCKET_NAME }),
  clock: systemClock,
  chance: systemChance(),
  log: createLog(),
  targets: targetRules(env),
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
  dispatchAttempt(deps, { ...request.parse(event), baseUrl: env.WORKER_URL }),
);
