import document from '../../docs/openapi.json' with { type: 'json' };
import { refuseQuery } from '../_shared/http/api-request.ts';
import { jsonResponse } from '../_shared/http/responses.ts';
import type { Operation } from './operation.ts';

export const getHealthOperation: Operation = ({ event }) => {
  refuseQuery(event);
  return jsonResponse(200, { status: 'ok' });
};

export const getOpenApiOperation: Operation = ({ event, baseUrl }) => {
  refuseQuery(event);
  return jsonResponse(200, { ...document, servers: [{ url: baseUrl }] });
};
