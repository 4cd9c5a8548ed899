import middy from '@middy/core';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { batchDispatcher } from '../../aws/batch-dispatcher.ts';
import { lazyBatchClient } from '../../aws/clients/batch-client.ts';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { lazyS3Client } from '../../aws/clients/s3-client.ts';
import { stepFunctionsClient } from '../../aws/clients/step-functions-client.ts';
import { dynamoHeldCalls } from '../../aws/dynamo-held-calls.ts';
import { dynamoJobCounters } from '../../aws/dynamo-job-counters.ts';
import { dynamoJobLinks } from '../../aws/dynamo-job-links.ts';
import { dynamoJobStore } from '../../aws/dynamo-job-store.ts';
import { dynamoServiceStore } from '../../aws/dynamo-service-store.ts';
import { s3ObjectStore } from '../../aws/s3-object-store.ts';
import { stepFunctionsStarter } from '../../aws/step-functions-starter.ts';
import { systemChance } from '../../aws/system-chance.ts';
import { systemClock } from '../../aws/system-clock.ts';
import { knownDurations } from '../../core/jobs/hold/known-durations.ts';
import { typicalDuration } from '../../core/jobs/typical-duration.ts';
import { cachedServices } from '../../core/services/cached-services.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createLog } from '../_shared/logger.ts';
import { problems } from '../_shared/problems.ts';
import { responseHeaders } from '../_shared/response-headers.ts';
import { answerRequest } from './answer-request.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const client = dynamoClient();
const log = createLog();
const counters = dynamoJobCounters({ client, tableName: env.TABLE_NAME });
const services = dynamoServiceStore({ client, tableName: env.TABLE_NAME });
const deps = {
  jobs: dynamoJobStore({ client, tableName: env.TABLE_NAME }),
  links: dynamoJobLinks({ client, tableName: env.TABLE_NAME }),
  services,
  usedServices: cachedServices(services, systemClock),
  objects: s3ObjectStore({ client: lazyS3Client(), bucketName: env.BUCKET_NAME }),
  heldCalls: dynamoHeldCalls({ client, tableName: env.TABLE_NAME }),
  maxHeldCalls: Number(env.MAX_HELD_CALLS),
  batch: batchDispatcher({ client: lazyBatchClient(), jobQueue: env.JOB_QUEUE }),
  executions: stepFunctionsStarter({
    client: stepFunctionsClient(),
    routerArns: { express: env.EXPRESS_ROUTER_ARN, standard: env.STANDARD_ROUTER_ARN },
  }),
  lookAfter: Number(env.LOOK_AFTER_SECONDS) * 1000,
  counters,
  durations: knownDurations((tenant, service) => typicalDuration({ counters }, { tenant, service }), {
    clock: systemClock,
    log,
  }),
  clock: systemClock,
  chance: systemChance(),
  log,
};

/** Serves every route but those that may be held as a stream. */
export const handler = middy()
  .use(responseHeaders())
  .use(problems(log))
  .handler((event: APIGatewayProxyEvent) => answerRequest(deps, event));
