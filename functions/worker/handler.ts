import middy from '@middy/core';
import type { Context, LambdaFunctionURLEvent } from 'aws-lambda';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { dynamoReusableResults } from '../../aws/dynamodb/dynamo-reusable-results.ts';
import { attemptPorts } from '../_shared/attempt-ports.ts';
import { dataPorts } from '../_shared/data-ports.ts';
import { readEnvironment } from '../_shared/environment.ts';
import type { HttpRequest } from '../_shared/http/api-request.ts';
import { conditionalReads } from '../_shared/http/conditional-reads.ts';
import { problems } from '../_shared/http/problems.ts';
import { responseHeaders } from '../_shared/http/response-headers.ts';
import { baseUrlSetting, dataSettings, startSettings } from '../_shared/settings.ts';
import { environment } from './environment.ts';
import { readUrlEvent } from './read-url-event.ts';
import { serveRequest, type WorkerRouteDeps } from './serve-request.ts';

const env = readEnvironment(environment);
const table = { client: dynamoClient(), tableName: env.TABLE_NAME };
const settings = { ...startSettings(env), ...dataSettings(env), apiBaseUrl: baseUrlSetting(env.API_URL) };
const ports = {
  ...attemptPorts(table, env),
  ...dataPorts(table, env),
  results: dynamoReusableResults(table),
  settings,
};
const deps: WorkerRouteDeps = {
  attemptDeps: { ...ports, cachedServices: ports.services },
  submitChild: async (request) => {
    const { submitChildAtUrl } = await import('./submit-child.ts');
    return submitChildAtUrl({ ...request, deps: ports, table });
  },
};

const serve = middy()
  .use(responseHeaders<HttpRequest>())
  .use(problems<HttpRequest>(ports.log))
  .use(conditionalReads<HttpRequest>())
  .handler((request: HttpRequest) => serveRequest(deps, request));

/** Serves the worker routes at a function URL. */
export const handler = (event: LambdaFunctionURLEvent, context: Context) =>
  serve(readUrlEvent(event), context);
