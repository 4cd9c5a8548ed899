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
