import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { HttpRequest } from './api-request.ts';

/**
 * Middleware that adds the headers of every response. Jobs change, so shared caches must not store responses.
 * The response to `HEAD` is that to `GET` without the body (RFC 9110, 9.3.2).
 */
export function responseHeaders<Event extends HttpRequest = APIGatewayProxyEvent>(): MiddlewareObj<
  Event,
  APIGatewayProxyResult
> {
  const add = (request: { event: Event; response: APIGatewayProxyResult | null | undefined }) => {
    if (request.response === null || request.response === undefined) return;
    if (request.event.httpMethod === 'HEAD') request.response.body = '';
    request.response.headers = {
      'Cache-Control': 'private, no-cache',
      'X-Content-Type-Options': 'nosniff',
      ...request.response.headers,
      'x-request-id': request.event.requestContext.requestId,
    };
  };
  return { after: add, onError: add };
}
