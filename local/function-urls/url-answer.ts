import type { Answer } from '../apigateway/answer.ts';
import { isRecord } from '../assembly/json.ts';
import { isTextList } from '../assembly/properties.ts';
import { AwsError } from '../aws-error.ts';
import type { InvokeResult } from '../cloud.ts';

/**
 * Makes an HTTP answer of what a function answered: of an object with a status code what it says, of any other value a 200
 * with it as JSON. A function that failed is 502.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export function urlAnswer(result: InvokeResult): Answer {
  if (result.functionError !== undefined) return failed(502, 'Internal Server Error');
  const value: unknown = JSON.parse(result.payload);
  if (!isRecord(value) || value['statusCode'] === undefined) return jsonAnswer(200, textOf(value));
  const { headers, cookies, body } = value;
  const status = Number(value['statusCode']);
  if (!Number.isInteger(status) || status < 200 || status > 599) return failed(502, 'Internal Server Error');
  const given = isRecord(headers)
    ? Object.entries(headers).map(([name, it]) => [name, String(it)] as const)
    : [];
  const hasType = given.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    status,
    headers: [
      ...given,
      ...(hasType ? [] : [['Content-Type', 'application/json'] as const]),
      ...(isTextList(cookies) ? cookies.map((cookie) => ['Set-Cookie', cookie] as const) : []),
    ],
    body: Buffer.from(textOf(body ?? ''), value['isBase64Encoded'] === true ? 'base64' : 'utf8'),
  };
}

/** The answer in the place of a function that was not called. */
export function refusedAnswer(error: unknown): Answer {
  if (!(error instanceof AwsError)) return failed(502, 'Internal Server Error');
  if (error.status === 403) return failed(403, 'Forbidden');
  if (error.status === 413) return failed(413, 'Request Entity Too Large');
  return error.status === 429 ? failed(429, 'Too Many Requests') : failed(502, 'Internal Server Error');
}

/** Lambda's own words for what it answers itself. */
export function failed(status: number, message: string): Answer {
  return jsonAnswer(status, JSON.stringify({ Message: message }));
}

function jsonAnswer(status: number, json: string): Answer {
  return { status, headers: [['Content-Type', 'application/json']], body: Buffer.from(json) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
