import { createHash } from 'node:crypto';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { evaluatePreconditions } from '../../../core/contract/http/preconditions.ts';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { HttpRequest } from './api-request.ts';
import { preconditionsOf } from './preconditions.ts';
import { emptyResponse } from './responses.ts';
import { routeMethod } from './routing.ts';

/** A response whose body may be a stream, which has no entity tag. */
type ReadResponse = Omit<APIGatewayProxyResult, 'body'> & { readonly body: unknown };

/**
 * Middleware that adds an `ETag` to every response of a read with status 200 and a buffered body, unless the
 * operation set one; the default is a digest of the body. It then evaluates the request's preconditions,
 * which may lead to 304 or 412. For responses with any other status they are ignored (RFC 9110, 13.2.1).
 */
export function conditionalReads<Event extends HttpRequest = APIGatewayProxyEvent>(): MiddlewareObj<
  Event,
  ReadResponse
> {
  return {
    after: (request) => {
      const { event, response } = request;
      if (routeMethod(event) !== 'GET' || response?.statusCode !== 200) return;
      if (typeof response.body === 'string')
        request.response = withPreconditions(event, response, response.body);
    },
  };
}

function withPreconditions(event: HttpRequest, response: ReadResponse, body: string): ReadResponse {
  const etag = String(response.headers?.['ETag'] ?? digestTag(body));
  const headers = { ...response.headers, ETag: etag };
  const outcome = evaluatePreconditions(preconditionsOf(event), etag);
  if (outcome === 'If-Match') {
    const detail = `If-Match does not contain the current ETag ${etag}: repeat the request without If-Match`;
    throw new ProblemError('precondition-failed', detail);
  }
  if (outcome === 'met') return { ...response, headers };
  return emptyResponse(304, { ...texts(headers), 'Content-Type': undefined });
}

function digestTag(body: string): string {
  return `"${createHash('sha256').update(body).digest('base64url')}"`;
}

function texts(headers: NonNullable<ReadResponse['headers']>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
