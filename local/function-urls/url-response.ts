import type { HttpResponse } from '../apigateway/http-response.ts';
import { isTextList } from '../assembly/properties.ts';
import { AwsError } from '../aws-error.ts';
import type { InvokeResult } from '../cloud.ts';
import { isRecord, parseResult } from '../json.ts';

/**
 * Converts the result of a function to an HTTP response. An object with a status code describes the response;
 * any other value becomes a 200 response with this value as JSON. A failed function results in 502.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export function urlResponse(result: InvokeResult): HttpResponse {
  if (result.functionError !== undefined) return failureResponse(502, 'Internal Server Error');
  const value: unknown = parseResult(result.payload);
  if (!isRecord(value) || value['statusCode'] === undefined) return jsonResponse(200, textOf(value));
  const { headers, cookies, body } = value;
  const status = Number(value['statusCode']);
  if (!Number.isInteger(status) || status < 200 || status > 599)
    return failureResponse(502, 'Internal Server Error');
  const ownHeaders = isRecord(headers)
    ? Object.entries(headers).map(([name, it]) => [name, String(it)] as const)
    : [];
  const hasType = ownHeaders.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    status,
    headers: [
      ...ownHeaders,
      ...(hasType ? [] : [['Content-Type', 'application/json'] as const]),
      ...(isTextList(cookies) ? cookies.map((cookie) => ['Set-Cookie', cookie] as const) : []),
    ],
    body: Buffer.from(textOf(body ?? ''), value['isBase64Encoded'] === true ? 'base64' : 'utf8'),
  };
}

/** Builds the response for a function that was not called. */
export function refusalResponse(error: unknown): HttpResponse {
  if (!(error instanceof AwsError)) return failureResponse(502, 'Internal Server Error');
  if (error.status === 403) return failureResponse(403, 'Forbidden');
  if (error.status === 413) return failureResponse(413, 'Request Entity Too Large');
  return error.status === 429
    ? failureResponse(429, 'Too Many Requests')
    : failureResponse(502, 'Internal Server Error');
}

/** Builds a response of Lambda itself, with Lambda's message. */
export function failureResponse(status: number, message: string): HttpResponse {
  return jsonResponse(status, JSON.stringify({ Message: message }));
}

function jsonResponse(status: number, json: string): HttpResponse {
  return { status, headers: [['Content-Type', 'application/json']], body: Buffer.from(json) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
