import middy from '@middy/core';
import * as z from 'zod/mini';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { lazyS3Client } from '../../aws/clients/s3-client.ts';
import { stepFunctionsClient } from '../../aws/clients/step-functions-client.ts';
import { dynamoJobStore } from '../../aws/dynamo-job-store.ts';
import { dynamoServiceStore } from '../../aws/dynamo-service-store.ts';
import { s3ObjectStore } from '../../aws/s3-object-store.ts';
import { stepFunctionsStarter } from '../../aws/step-functions-starter.ts';
import { systemChance } from '../../aws/system-chance.ts';
import { systemClock } from '../../aws/system-clock.ts';
import { settleAttempt } from '../../core/jobs/settle-attempt.ts';
import { cachedServices } from '../../core/services/cached-services.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createLog } from '../_shared/logger.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const client = dynamoClient();
const deps = {
  jobs: dynamoJobStore({ client, tableName: env.TABLE_NAME }),
  services: cachedServices(dynamoServiceStore({ client, tableName: env.TABLE_NAME }), systemClock),
  objects: s3ObjectStore({ client: lazyS3Client(), bucketName: env.BUCKET_NAME }),
  executions: stepFunctionsStarter({
    client: stepFunctionsClient(),
    routerArns: { express: env.EXPRESS_ROUTER_ARN, standard: env.STANDARD_ROUTER_ARN },
  }),
  clock: systemClock,
  chance: systemChance(),
  log: createLog(),
};
const lookAfter = Number(env.LOOK_AFTER_SECONDS) * 1000;

const attempt = { tenant: z.string(), jobId: z.string(), attempt: z.int() };

const caught = z.object({ Error: z.string(), Cause: z._default(z.string(), '') });

/** What the router's last state says: what the service returned, or what was caught. */
const report = z.union([
  z.object({ ...attempt, error: caught }),
  z.object({ ...attempt, undispatched: caught, executionId: z.string() }),
  z.object({ ...attempt, value: z.unknown() }),
]);

/** Called by the job router: ends an attempt with what came of it. */
export const handler = middy().handler(async (event: unknown) => {
  const { tenant, jobId, attempt: number, ...outcome } = report.parse(event);
  const settled = await settleAttempt(deps, { tenant, jobId, attempt: number, report: outcome, lookAfter });
  return { settled };
});
