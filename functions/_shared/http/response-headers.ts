import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { HttpRequest } from './api-request.ts';
import { corsHeaders } from './cors.ts';

/**
 * Middleware that adds the headers of every response, also those for web pages of the given origins, the value
 * of `CORS_ORIGINS`. Jobs change, so shared caches must not store responses.
 * The response to `HEAD` is that to `GET` without the body (RFC 9110, 9.3.2).
 */
export function responseHeaders<Event extends HttpRequest = APIGatewayProxyEvent>(
  origins?: string,
): MiddlewareObj<Event, APIGatewayProxyResult> {
  const add = (request: { event: Event; response: APIGatewayProxyResult | null | undefined }) => {
    if (request.response === null || request.response === undefined) return;
    if (request.event.httpMethod === 'HEAD') request.response.body = '';
    const { Vary, ...cors } = corsHeaders(request.event, origins);
    const vary = [request.response.headers?.['Vary'], Vary].filter(Boolean).join(', ');
    request.response.headers = {
      'Cache-Control': 'private, no-cache',
      'X-Content-Type-Options': 'nosniff',
      ...cors,
      ...request.response.headers,
      ...(vary && { Vary: vary }),
      'x-request-id': request.event.requestContext.requestId,
    };
  };
  return { after: add, onError: add };
}
