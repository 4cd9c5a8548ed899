import type { LambdaFunctionURLEvent } from 'aws-lambda';
import type { HttpRequest } from '../_shared/http/api-request.ts';

/**
 * Maps the event of a function URL (payload format 2.0) to the request that the operations read. Such events
 * contain repeated headers joined; all values of a repeated query parameter are only in the raw query string.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export function readUrlEvent(event: LambdaFunctionURLEvent): HttpRequest {
  const query = new URLSearchParams(event.rawQueryString);
  const names = [...new Set(query.keys())];
  return {
    httpMethod: event.requestContext.http.method,
    path: event.rawPath,
    multiValueHeaders: Object.fromEntries(
      Object.entries(event.headers).map(([name, value]) => [name, value === undefined ? [] : [value]]),
    ),
    multiValueQueryStringParameters: Object.fromEntries(names.map((name) => [name, query.getAll(name)])),
    body: event.body ?? null,
    isBase64Encoded: event.isBase64Encoded,
    requestContext: {
      requestId: event.requestContext.requestId,
      domainName: event.requestContext.domainName,
    },
  };
}
