import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';

/** Headers that every answer carries. Jobs change, so nothing is kept by caches on the way. */
export function responseHeaders(): MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult> {
  const add = (request: {
    event: APIGatewayProxyEvent;
    response: APIGatewayProxyResult | null | undefined;
  }) => {
    if (request.response === null || request.response === undefined) return;
    request.response.headers = {
      'Cache-Control': 'private, no-cache',
      'X-Content-Type-Options': 'nosniff',
      ...request.response.headers,
      'x-request-id': request.event.requestContext.requestId,
    };
  };
  return { after: add, onError: add };
}
