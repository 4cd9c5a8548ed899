import middy from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { createDynamoClient, createStepFunctionsClient } from '../../aws/clients.ts';
import { dynamoJobStore } from '../../aws/dynamo-job-store.ts';
import { dynamoServiceStore } from '../../aws/dynamo-service-store.ts';
import { s3ObjectStore } from '../../aws/s3-object-store.ts';
import { stepFunctionsStarter } from '../../aws/step-functions-starter.ts';
import { chance, systemClock } from '../../aws/system.ts';
import { cachedServices } from '../../core/services/cached-services.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createLog } from '../_shared/logger.ts';
import { problems } from '../_shared/problems.ts';
import { responseHeaders } from '../_shared/response-headers.ts';
import { environment } from './environment.ts';
import { answerSubmission } from './submit-job.ts';

const env = readEnvironment(environment);
const log = createLog();
const dynamo = createDynamoClient();
const deps = {
  jobs: dynamoJobStore({ client: dynamo, tableName: env.TABLE_NAME }),
  services: cachedServices(dynamoServiceStore({ client: dynamo, tableName: env.TABLE_NAME }), systemClock),
  objects: s3ObjectStore({ bucketName: env.BUCKET_NAME }),
  executions: stepFunctionsStarter({
    client: createStepFunctionsClient(),
    expressArn: env.EXPRESS_ROUTER_ARN,
    standardArn: env.STANDARD_ROUTER_ARN,
  }),
  clock: systemClock,
  chance,
  log,
};
const lookAfter = Number(env.LOOK_AFTER_SECONDS) * 1000;

/** Serves POST /v1/jobs as a stream, so that it can hold the call until the job ends. */
export const handler = middy({ executionMode: executionModeStreamifyResponse })
  .use(responseHeaders())
  .use(problems(log))
  .handler((event: APIGatewayProxyEvent) => answerSubmission(deps, event, lookAfter));
