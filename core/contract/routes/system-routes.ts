import * as z from 'zod/mini';
import { jsonValue } from '../json.ts';
import { noQuery } from '../schemas/list-schemas.ts';
import { keyProblems, type Route, scopes } from './route.ts';

/** The caller, as its API key identifies it, and the limits of its tenant. */
const me = z.strictObject({
  tenant: z.string(),
  principal: z.string(),
  scopes: z.array(z.enum(scopes)),
  createdAt: z.optional(z.string()),
  limits: z.strictObject({ longPolls: z.int().check(z.minimum(0)) }),
});

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
  {
    operationId: 'getMe',
    method: 'GET',
    path: '/v1/me',
    summary: 'Get the tenant, the principal and the scopes of the API key, and the limits of the tenant',
    servedBy: 'api',
    requiresAnyKey: true,
    query: noQuery,
    responses: { 200: { description: 'The caller', schema: me } },
    problems: ['invalid-request', ...keyProblems],
  },
] as const satisfies readonly Route[];
