import * as z from 'zod/mini';
import { jsonValue } from '../json.ts';
import { noQuery } from '../schemas/list-schemas.ts';
import type { Route } from './route.ts';

export const systemRoutes = [
  {
    operationId: 'getHealth',
    method: 'GET',
    path: '/v1/health',
    summary: 'Health check',
    servedBy: 'api',
    query: noQuery,
    responses: {
      200: { description: 'The API is available', schema: z.strictObject({ status: z.literal('ok') }) },
    },
    problems: ['invalid-request', 'internal'],
  },
  {
    operationId: 'getOpenApi',
    method: 'GET',
    path: '/v1/openapi.json',
    summary: 'Get the OpenAPI 3.1 document of this API',
    servedBy: 'api',
    query: noQuery,
    responses: { 200: { description: 'The OpenAPI document', schema: jsonValue } },
    problems: ['invalid-request', 'internal'],
  },
] as const satisfies readonly Route[];
