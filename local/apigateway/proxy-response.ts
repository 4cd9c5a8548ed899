import type { InvokeResult } from '../cloud.ts';
import { isRecord, type JsonRecord, parseResult } from '../json.ts';
import { ApiFailure, invalidIntegrationResponse } from './failure.ts';
import type { HttpResponse } from './http-response.ts';
import { remapHeaders, withContentType } from './response-headers.ts';

const knownFields = ['body', 'headers', 'isBase64Encoded', 'multiValueHeaders', 'statusCode'];

/**
 * Converts the result of a proxied function to an HTTP response. `acceptsBinary` states whether the API
 * returns binary data to this client; otherwise a Base64 body remains Base64, as in API Gateway. Throws
 * {@link ApiFailure} (502) if the function failed or its result has another format.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function toHttpResponse(result: InvokeResult, acceptsBinary: boolean): HttpResponse {
  const value: unknown = parseResult(result.payload);
  if (result.functionError !== undefined || !isProxyResponse(value)) {
    throw new ApiFailure(invalidIntegrationResponse, { cause: value });
  }
  const multiValues = flatten(value['multiValueHeaders']);
  const isRepeated = (name: string): boolean =>
    multiValues.some(([it]) => it.toLowerCase() === name.toLowerCase());
  const single = flatten(value['headers']).filter(([name]) => !isRepeated(name));
  const isBase64 = value['isBase64Encoded'] === true && acceptsBinary;
  const body = typeof value['body'] === 'string' ? value['body'] : '';
  return {
    status: Number(value['statusCode'] ?? 200),
    headers: withContentType(remapHeaders([...single, ...multiValues])),
    body: Buffer.from(body, isBase64 ? 'base64' : 'utf8'),
  };
}

function isProxyResponse(value: unknown): value is JsonRecord {
  if (!isRecord(value) || Object.keys(value).some((key) => !knownFields.includes(key))) return false;
  const status = Number(value['statusCode'] ?? 200);
  const { body, headers, multiValueHeaders } = value;
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
