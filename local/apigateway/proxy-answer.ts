import { isRecord, type JsonRecord } from '../assembly/json.ts';
import type { InvokeResult } from '../cloud.ts';
import type { Answer } from './answer.ts';
import { ApiFailure, BAD_INTEGRATION_ANSWER } from './failure.ts';
import { remapHeaders, withContentType } from './response-headers.ts';

const KNOWN_FIELDS = ['body', 'headers', 'isBase64Encoded', 'multiValueHeaders', 'statusCode'];

/**
 * Makes an HTTP answer of what a proxied function answered. `acceptsBinary` tells whether the API hands out bytes
 * to this client; a body in Base64 otherwise stays Base64, as in API Gateway. Throws {@link ApiFailure} (502)
 * where the function failed or its answer has another form.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function proxyAnswer(result: InvokeResult, acceptsBinary: boolean): Answer {
  const answer: unknown = JSON.parse(result.payload);
  if (result.functionError !== undefined || !isProxyAnswer(answer)) {
    throw new ApiFailure(BAD_INTEGRATION_ANSWER, { cause: answer });
  }
  const multiValues = flatten(answer['multiValueHeaders']);
  const isRepeated = (name: string): boolean =>
    multiValues.some(([it]) => it.toLowerCase() === name.toLowerCase());
  const single = flatten(answer['headers']).filter(([name]) => !isRepeated(name));
  const isBase64 = answer['isBase64Encoded'] === true && acceptsBinary;
  const body = typeof answer['body'] === 'string' ? answer['body'] : '';
  return {
    status: Number(answer['statusCode'] ?? 200),
    headers: withContentType(remapHeaders([...single, ...multiValues])),
    body: Buffer.from(body, isBase64 ? 'base64' : 'utf8'),
  };
}

function isProxyAnswer(answer: unknown): answer is JsonRecord {
  if (!isRecord(answer) || Object.keys(answer).some((key) => !KNOWN_FIELDS.includes(key))) return false;
  const status = Number(answer['statusCode'] ?? 200);
  const { body, headers, multiValueHeaders } = answer;
  return (
    Number.isInteger(status) &&
    status >= 200 &&
    status <= 599 &&
    (body === undefined || body === null || typeof body === 'string') &&
    [headers, multiValueHeaders].every((it) => it === undefined || it === null || isRecord(it))
  );
}

function flatten(headers: unknown): ReadonlyArray<readonly [string, string]> {
  if (!isRecord(headers)) return [];
  return Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().flatMap((it) => (it === null || it === undefined ? [] : [[name, String(it)] as const])),
  );
}
