import type { APIGatewayProxyResult } from 'aws-lambda';
import type { Problem } from '../../../core/contract/problems/problem-schema.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** A JSON response; undefined headers are omitted. */
export function jsonResponse(
  statusCode: number,
  value: unknown,
  headers: Headers = {},
): APIGatewayProxyResult {
  return serializedResponse(statusCode, JSON.stringify(value), headers);
}

/** A response whose body is already serialized JSON. */
export function serializedResponse(
  statusCode: number,
  json: string,
  headers: Headers = {},
): APIGatewayProxyResult {
  return {
    statusCode,
    headers: omitUndefined({ 'Content-Type': 'application/json', ...headers }),
    body: json,
  };
}

/** A response without a body. */
export function emptyResponse(statusCode: number, headers: Headers = {}): APIGatewayProxyResult {
  return { statusCode, headers: omitUndefined(headers), body: '' };
}

/** A response with a problem document (RFC 9457), with the status of the problem. */
export function problemResponse(problem: Problem, headers: Headers = {}): APIGatewayProxyResult {
  const body = JSON.stringify(problem);
  return {
    statusCode: problem.status,
    headers: omitUndefined({ 'Content-Type': 'application/problem+json', ...headers }),
    body,
  };
}
