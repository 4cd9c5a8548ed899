import middy from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { lazyS3Client } from '../../aws/clients/s3-client.ts';
import { dynamoEventLog } from '../../aws/dynamodb/events/dynamo-event-log.ts';
import { dynamoJobStore } from '../../aws/dynamodb/jobs/dynamo-job-store.ts';
import { s3ObjectStore } from '../../aws/s3/s3-object-store.ts';
import { systemClock } from '../../aws/system/system-clock.ts';
import { systemRandom } from '../../aws/system/system-random.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { conditionalReads } from '../_shared/http/conditional-reads.ts';
import { problems } from '../_shared/http/problems.ts';
import { responseHeaders } from '../_shared/http/response-headers.ts';
import { createLog } from '../_shared/logger.ts';
import { longPollPorts } from '../_shared/long-poll-ports.ts';
import { baseUrlSetting, eventLogSettings, longPollSettings } from '../_shared/settings.ts';
import { environment } from './environment.ts';
import { serveRequest } from './serve-request.ts';
import { bodyAsBytes } from './stream-body-as-bytes.ts';
import type { StreamedResponse } from './streamed-response.ts';

const env = readEnvironment(environment);
const log = createLog();
const table = { client: dynamoClient(), tableName: env.TABLE_NAME };
const settings = {
  ...longPollSettings(env),
  ...eventLogSettings(env),
  apiBaseUrl: baseUrlSetting(env.API_URL),
};
const deps = {
  settings,
  jobs: dynamoJobStore(table),
  eventLog: dynamoEventLog(table),
  objects: s3ObjectStore({ client: lazyS3Client(), bucketName: env.BUCKET_NAME }),
  ...longPollPorts(table, { clock: systemClock, log, settings }),
  clock: systemClock,
  random: systemRandom(),
  log,
};

/** Serves the routes with the events of a job or of a tenant, as a page or as a live stream. */
export const handler = middy<APIGatewayProxyEvent, StreamedResponse>({
  executionMode: executionModeStreamifyResponse,
})
  .use(bodyAsBytes())
  .use(responseHeaders(env.CORS_ORIGINS))
  .use(problems(log))
  .use(conditionalReads())
  .handler((event: APIGatewayProxyEvent) => serveRequest(deps, event));
