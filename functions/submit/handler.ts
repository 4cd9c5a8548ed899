import middy from '@middy/core';
import { executionModeStreamifyResponse } from '@middy/core/StreamifyResponse';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { dynamoClient } from '../../aws/clients/dynamo-client.ts';
import { dynamoIdempotencyStore } from '../../aws/dynamodb/dynamo-idempotency-store.ts';
import { dynamoJobLinks } from '../../aws/dynamodb/dynamo-job-links.ts';
import { durationCache } from '../../core/jobs/waiting/duration-cache.ts';
import type { DataListQuery } from '../../core/ports/data/data-store.ts';
import type { ReusableKey } from '../../core/ports/reuse/reusable-results.ts';
import { attemptPorts } from '../_shared/attempt-ports.ts';
import { readEnvironment } from '../_shared/environment.ts';
import { problems } from '../_shared/http/problems.ts';
import { responseHeaders } from '../_shared/http/response-headers.ts';
import { longPollPorts } from '../_shared/long-poll-ports.ts';
import { longPollSettings, startSettings } from '../_shared/settings.ts';
import { environment } from './environment.ts';
import { serveRequest } from './serve-request.ts';

const env = readEnvironment(environment);
const table = { client: dynamoClient(), tableName: env.TABLE_NAME };
const ports = attemptPorts(table, env);
const settings = { ...startSettings(env), ...longPollSettings(env) };
const deps = {
  ...ports,
  settings,
  links: dynamoJobLinks(table),
  data: {
    getMany: async (tenant: string, ids: readonly string[]) =>
      (await loadUncommonReads()).getMany(tenant, ids),
    list: async (query: DataListQuery) => (await loadUncommonReads()).list(query),
  },
  results: { find: async (key: ReusableKey) => (await loadUncommonReads()).find(key) },
  idempotency: dynamoIdempotencyStore(table),
  ...longPollPorts(table, { ...ports, settings }),
  operationResources: { table, env },
  durations: durationCache(loadTypicalSeconds, ports),
};

/** Imports its module at the first call, as `loadTypicalSeconds` does. */
async function loadUncommonReads() {
  const { uncommonReads } = await import('./uncommon-reads.ts');
  return uncommonReads(table);
}

/** Imports its module at the first call, so that it does not lengthen a cold start. */
async function loadTypicalSeconds(tenant: string, service: string): Promise<number | undefined> {
  const { typicalSeconds } = await import('./typical-seconds.ts');
  return typicalSeconds(table, { tenant, service });
}

/**
 * Serves the routes that create or start jobs. The response is streamed, so that a request can wait until the
 * job ends.
 */
export const handler = middy({ executionMode: executionModeStreamifyResponse })
  .use(responseHeaders(env.CORS_ORIGINS))
  .use(problems(ports.log))
  .handler((event: APIGatewayProxyEvent) => serveRequest(deps, event));
