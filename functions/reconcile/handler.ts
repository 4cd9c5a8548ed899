import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { batchDispatcher } from '../../aws/batch-dispatcher.ts';
import { lazyBatchClient } from '../../aws/clients/batch-client.ts';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { lazyS3Client } from '../../aws/clients/s3-client.ts';
import { stepFunctionsClient } from '../../aws/clients/step-functions-client.ts';
import { dynamoJobLinks } from '../../aws/dynamo-job-links.ts';
import { dynamoJobStore } from '../../aws/dynamo-job-store.ts';
import { dynamoServiceStore } from '../../aws/dynamo-service-store.ts';
import { s3ObjectStore } from '../../aws/s3-object-store.ts';
import { stepFunctionsStarter } from '../../aws/step-functions-starter.ts';
import { systemChance } from '../../aws/system-chance.ts';
import { systemClock } from '../../aws/system-clock.ts';
import { reconcile } from '../../core/jobs/reconcile.ts';
import { cachedServices } from '../../core/services/cached-services.ts';
import { createCounter } from '../_shared/counter.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createLog } from '../_shared/logger.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const client = dynamoClient();
const deps = {
  jobs: dynamoJobStore({ client, tableName: env.TABLE_NAME }),
  links: dynamoJobLinks({ client, tableName: env.TABLE_NAME }),
  services: cachedServices(dynamoServiceStore({ client, tableName: env.TABLE_NAME }), systemClock),
  objects: s3ObjectStore({ client: lazyS3Client(), bucketName: env.BUCKET_NAME }),
  batch: batchDispatcher({ client: lazyBatchClient(), jobQueue: env.JOB_QUEUE }),
  executions: stepFunctionsStarter({
    client: stepFunctionsClient(),
    routerArns: { express: env.EXPRESS_ROUTER_ARN, standard: env.STANDARD_ROUTER_ARN },
  }),
  clock: systemClock,
  chance: systemChance(),
  log: createLog(),
  counter: createCounter(),
};
const lookAfter = Number(env.LOOK_AFTER_SECONDS) * 1000;

/** Time left for the look under way when the sweep stops taking new ones. */
const reserveMilliseconds = 10_000;

/** Called every minute: looks at the jobs that are due. */
export const handler = middy().handler((_event: unknown, context: Context) =>
  reconcile(deps, {
    lookAfter,
    deadline: systemClock.now() + context.getRemainingTimeInMillis() - reserveMilliseconds,
  }),
);
