import middy from '@middy/core';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { lazyS3Client } from '../../aws/clients/s3-client.ts';
import { dynamoJobStore } from '../../aws/dynamo-job-store.ts';
import { dynamoServiceStore } from '../../aws/dynamo-service-store.ts';
import { s3ObjectStore } from '../../aws/s3-object-store.ts';
import { systemClock } from '../../aws/system-clock.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { createLog } from '../_shared/logger.ts';
import { problems } from '../_shared/problems.ts';
import { responseHeaders } from '../_shared/response-headers.ts';
import { answerRequest } from './answer-request.ts';
import { environment } from './environment.ts';

const env = readEnvironment(environment);
const client = dynamoClient();
const deps = {
  jobs: dynamoJobStore({ client, tableName: env.TABLE_NAME }),
  services: dynamoServiceStore({ client, tableName: env.TABLE_NAME }),
  objects: s3ObjectStore({ client: lazyS3Client(), bucketName: env.BUCKET_NAME }),
  clock: systemClock,
};

/** Serves every route but those that may be held as a stream. */
export const handler = middy()
  .use(responseHeaders())
  .use(problems(createLog()))
  .handler((event: APIGatewayProxyEvent) => answerRequest(deps, event));
