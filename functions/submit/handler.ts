import middy from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { lazyS3Client } from '../../aws/clients/s3-client.ts';
import { stepFunctionsClient } from '../../aws/clients/step-functions-client.ts';
import { dynamoHeldCalls } from '../../aws/dynamo-held-calls.ts';
import { dynamoIdempotencyStore } from '../../aws/dynamo-idempotency-store.ts';
import { dynamoJobLinks } from '../../aws/dynamo-job-links.ts';
import { dynamoJobStore } from '../../aws/dynamo-job-store.ts';
import { dynamoServiceStore } from '../../aws/dynamo-service-store.ts';
import { s3ObjectStore } from '../../aws/s3-object-store.ts';
import { stepFunctionsStarter } from '../../aws/step-functions-starter.ts';
import { systemChance } from '../../aws/system-chance.ts';
import { systemClock } from '../../aws/system-clock.ts';
import { knownDurations } from '../../core/jobs/hold/known-durations.ts';
import { cachedServices } from '../../core/services/cached-services.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createLog } from '../_shared/logger.ts';
import { problems } from '../_shared/problems.ts';
import { responseHeaders } from '../_shared/response-headers.ts';
import { answerRequest } from './answer-request.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const log = createLog();
const dynamo = dynamoClient();
const deps = {
  jobs: dynamoJobStore({ client: dynamo, tableName: env.TABLE_NAME }),
  links: dynamoJobLinks({ client: dynamo, tableName: env.TABLE_NAME }),
  services: cachedServices(dynamoServiceStore({ client: dynamo, tableName: env.TABLE_NAME }), systemClock),
  objects: s3ObjectStore({ client: lazyS3Client(), bucketName: env.BUCKET_NAME }),
  executions: stepFunctionsStarter({
    client: stepFunctionsClient(),
    routerArns: { express: env.EXPRESS_ROUTER_ARN, standard: env.STANDARD_ROUTER_ARN },
  }),
  idempotency: dynamoIdempotencyStore({ client: dynamo, tableName: env.TABLE_NAME }),
  heldCalls: dynamoHeldCalls({ client: dynamo, tableName: env.TABLE_NAME }),
  maxHeldCalls: Number(env.MAX_HELD_CALLS),
  durations: knownDurations(typicalSeconds, { clock: systemClock, log }),
  clock: systemClock,
  chance: systemChance(),
  log,
};
const lookAfter = Number(env.LOOK_AFTER_SECONDS) * 1000;

/** Loaded when it is asked for the first time, beside the answer that it is for. */
async function typicalSeconds(tenant: string, service: string): Promise<number | undefined> {
  const { countedSeconds } = await import('./counted-seconds.ts');
  return countedSeconds({ client: dynamo, tableName: env.TABLE_NAME }, { tenant, service });
}

/** Serves the routes that make a job, as a stream, so that it can hold the call until the job ends. */
export const handler = middy({ executionMode: executionModeStreamifyResponse })
  .use(responseHeaders())
  .use(problems(log))
  .handler((event: APIGatewayProxyEvent) => answerRequest(deps, event, lookAfter));
