import middy from '@middy/core';
import { batchDispatcher } from '../../aws/batch-dispatcher.ts';
import { lazyBatchClient } from '../../aws/clients/batch-client.ts';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { lazyS3Client } from '../../aws/clients/s3-client.ts';
import { stepFunctionsClient } from '../../aws/clients/step-functions-client.ts';
import { dynamoJobStore } from '../../aws/dynamo-job-store.ts';
import { dynamoServiceStore } from '../../aws/dynamo-service-store.ts';
import { s3ObjectStore } from '../../aws/s3-object-store.ts';
import { stepFunctionsStarter } from '../../aws/step-functions-starter.ts';
import { systemChance } from '../../aws/system-chance.ts';
import { systemClock } from '../../aws/system-clock.ts';
import { applyBatchEvent } from '../../core/jobs/batch/apply-batch-event.ts';
import { cachedServices } from '../../core/services/cached-services.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createLog } from '../_shared/logger.ts';
import { environment } from './environment.ts';
import { readEvent } from './read-event.ts';

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
  batch: batchDispatcher({ client: lazyBatchClient(), jobQueue: env.JOB_QUEUE }),
  clock: systemClock,
  chance: systemChance(),
  log: createLog(),
};
const lookAfter = Number(env.LOOK_AFTER_SECONDS) * 1000;

/** Called by EventBridge: brings a job up to what Batch tells of its attempt. */
export const handler = middy().handler((event: unknown) =>
  applyBatchEvent(deps, { event: readEvent(event), lookAfter }),
);
