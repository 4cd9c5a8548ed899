import type { APIGatewayProxyEvent } from 'aws-lambda';
import { getMe } from '../../core/access/get-me.ts';
import { formatTime } from '../../core/jobs/queries/represent-job.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import document from '../../docs/openapi.json' with { type: 'json' };
import { rejectQuery } from '../_shared/http/api-request.ts';
import { jsonResponse } from '../_shared/http/responses.ts';
import type { Operation } from './operation.ts';

export const getHealthOperation: Operation = ({ event }) => {
  rejectQuery(event);
  return jsonResponse(200, { status: 'ok' });
};

export const getOpenApiOperation: Operation = ({ event, baseUrl }) => {
  rejectQuery(event);
  return jsonResponse(200, { ...document, servers: [{ url: baseUrl }] });
};

export const getMeOperation: Operation = async ({ deps, event, caller }) => {
  rejectQuery(event);
  const { createdAt, ...me } = await getMe(deps, { ...caller, createdAt: createdAtOf(event) });
  const created = createdAt === undefined ? undefined : formatTime(createdAt);
  return jsonResponse(200, { ...me, ...omitUndefined({ createdAt: created }) });
};

/** API Gateway passes a number from the authorizer on as text. */
function createdAtOf({ requestContext }: APIGatewayProxyEvent): number | undefined {
  const value: unknown = requestContext.authorizer?.['createdAt'];
  return value === undefined ? undefined : Number(value);
}
