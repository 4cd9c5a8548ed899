import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { header } from '../_shared/http/api-request.ts';
import { allowedOrigin } from '../_shared/http/cors.ts';
import { emptyResponse } from '../_shared/http/responses.ts';

/** Every method of the API, for every path, so that a page can read why a request is rejected. */
const methods = 'DELETE, GET, HEAD, PATCH, POST, PUT';

/** The headers that the API reads. `*` would not include `Authorization`. */
export const requestHeaders = [
  'Accept',
  'Api-Key',
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'Prefer',
  'Timeout',
  'traceparent',
  'x-api-key',
];

/**
 * How many seconds a browser may reuse the response: two hours, which is the limit of Chromium.
 * https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Access-Control-Max-Age
 */
const maxAgeSeconds = 7200;

/**
 * The response to a preflight request, which a browser sends without a key before the request itself. Returns
 * undefined for any other request, and for an origin that is not allowed.
 */
export function preflightResponse(
  event: APIGatewayProxyEvent,
  origins: string | undefined,
): APIGatewayProxyResult | undefined {
  const isPreflight =
    event.httpMethod === 'OPTIONS' && header(event, 'access-control-request-method') !== undefined;
  if (!isPreflight || allowedOrigin(event, origins) === undefined) return undefined;
  return emptyResponse(204, {
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Headers': requestHeaders.join(', '),
    'Access-Control-Max-Age': String(maxAgeSeconds),
  });
}
