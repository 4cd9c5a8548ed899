import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { header, readJsonBody, rejectQuery } from '../../../functions/_shared/http/api-request.ts';
import { readUrlEvent } from '../../../functions/worker/read-url-event.ts';

/** Based on https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads */
function urlEvent(members: Partial<LambdaFunctionURLEvent> = {}): LambdaFunctionURLEvent {
  const domainPrefix = 'abcdefghijklmnopqrstuvwxyz012345';
  const domainName = `${domainPrefix}.lambda-url.us-west-2.on.aws`;
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/v1/worker/jobs/1/heartbeat',
    rawQueryString: '',
    headers: { host: domainName, authorization: 'Bearer t', 'errand-worker-id': 'one,two' },
    requestContext: {
      accountId: 'anonymous',
      apiId: domainPrefix,
      domainName,
      domainPrefix,
      http: {
        method: 'POST',
        path: '/v1/worker/jobs/1/heartbeat',
        protocol: 'HTTP/1.1',
        sourceIp: '123.123.123.123',
        userAgent: 'agent',
      },
      requestId: 'id',
      routeKey: '$default',
      stage: '$default',
      time: '12/Mar/2020:19:03:58 +0000',
      timeEpoch: 1_583_348_638_390,
    },
    isBase64Encoded: false,
    ...members,
  };
}

describe('readUrlEvent', () => {
  test('returns method, path, headers and the ID of the request', () => {
    const request = readUrlEvent(urlEvent());
    expect(request).toMatchObject({
      httpMethod: 'POST',
      path: '/v1/worker/jobs/1/heartbeat',
      body: null,
      requestContext: { requestId: 'id' },
    });
    expect(header(request, 'authorization')).toBe('Bearer t');
    expect(header(request, 'errand-worker-id')).toBe('one,two');
    expect(header(request, 'prefer')).toBeUndefined();
    expect(() => rejectQuery(request)).not.toThrow();
  });

  test('returns a body unchanged, and decoded from base64', () => {
    const json = '{"é":1}';
    expect(readJsonBody(readUrlEvent(urlEvent({ body: json })))).toEqual({ é: 1 });
    const encoded = { body: Buffer.from(json).toString('base64'), isBase64Encoded: true };
    expect(readJsonBody(readUrlEvent(urlEvent(encoded)))).toEqual({ é: 1 });
  });

  test('refuses a text that is larger than the body that was sent, since bytes of it were replaced', () => {
    const sent = Buffer.from('{"é":"\u00ff"}', 'latin1');
    const event = (body: string, length: string) =>
      readUrlEvent(urlEvent({ body, headers: { 'content-length': length } }));
    const refusal = expect.objectContaining({ slug: 'invalid-json' });
    expect(() => readJsonBody(event(sent.toString(), String(sent.length)))).toThrow(refusal);
    const text = '{"é":"\ufffd"}';
    expect(readJsonBody(event(text, String(Buffer.byteLength(text))))).toEqual({ é: '\ufffd' });
    expect(readJsonBody(readUrlEvent(urlEvent({ body: text })))).toEqual({ é: '\ufffd' });
  });

  test('returns every value of a query parameter', () => {
    const request = readUrlEvent(
      urlEvent({ rawQueryString: 'a=1%202&a=3,4', queryStringParameters: { a: '1 2,3,4' } }),
    );
    expect(request.multiValueQueryStringParameters).toEqual({ a: ['1 2', '3,4'] });
    expect(() => rejectQuery(request)).toThrow(expect.objectContaining({ slug: 'invalid-request' }));
  });
});
