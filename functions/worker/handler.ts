import middy from '@middy/core';
import type { Context, LambdaFunctionURLEvent } from 'aws-lambda';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { lazyS3Client } from '../../aws/clients/s3-client.ts';
import { stepFunctionsClient } from '../../aws/clients/step-functions-client.ts';
import { dynamoJobStore } from '../../aws/dynamo-job-store.ts';
import { dynamoServiceStore } from '../../aws/dynamo-service-store.ts';
import { s3ObjectStore } from '../../aws/s3-object-store.ts';
import { stepFunctionsStarter } from '../../aws/step-functions-starter.ts';
import { systemChance } from '../../aws/system-chance.ts';
import { systemClock } from '../../aws/system-clock.ts';
import { cachedServices } from '../../core/services/cached-services.ts';
import type { HttpRequest } from '../_shared/api-request.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createLog } from '../_shared/logger.ts';
import { problems } from '../_shared/problems.ts';
import { responseHeaders } from '../_shared/response-headers.ts';
import { answerRequest, type WorkerRouteDeps } from './answer-request.ts';
import { environment } from './environment.ts';
import { readUrlEvent } from './read-url-event.ts';

const env = readEnvironment(environment);
const table = { client: dynamoClient(), tableName: env.TABLE_NAME };
const log = createLog();
const services = cachedServices(dynamoServiceStore(table), systemClock);
const lookAfter = Number(env.LOOK_AFTER_SECONDS) * 1000;
const apiUrl = env.API_URL.replace(/\/$/, '');
const shared = {
  jobs: dynamoJobStore(table),
  objects: s3ObjectStore({ client: lazyS3Client(), bucketName: env.BUCKET_NAME }),
  executions: stepFunctionsStarter({
    client: stepFunctionsClient(),
    routerArns: { express: env.EXPRESS_ROUTER_ARN, standard: env.STANDARD_ROUTER_ARN },
  }),
  clock: systemClock,
  chance: systemChance(),
  log,
};
const deps: WorkerRouteDeps = {
  reports: { ...shared, usedServices: services, lookAfter },
  submitChild: async (call) => {
    const { submitChildAtUrl } = await import('./submit-child.ts');
    return submitChildAtUrl({ ...call, deps: { ...shared, services }, lookAfter, table, apiUrl });
  },
};

const answer = middy()
  .use(responseHeaders<HttpRequest>())
  .use(problems<HttpRequest>(log))
  .handler((request: HttpRequest) => answerRequest(deps, request));

/** Serves the worker routes at a function URL. */
export const handler = (event: LambdaFunctionURLEvent, context: Context) =>
  answer(readUrlEvent(event), context);
