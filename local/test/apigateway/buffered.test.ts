import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { functionResource } from '../lambda/local-lambda.ts';
import { apiResources, apiWith, send } from './local-api.ts';

const echo = 'export const handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });';
const F = { functionName: 'f' };
/** Returns the request's body. */
const mirror = 'export const handler = async (event) => JSON.parse(event.body);';

describe('a proxied function', () => {
  test('is reached over a connection that stays open for a minute between two requests', async () => {
    const { url } = await apiWith([...apiResources({ 'GET /v1/jobs': F }), functionResource('f', echo)]);
    const { headers } = await send(url, '/v1/jobs', { headers: ['Connection', 'keep-alive'] });
    expect(headers['keep-alive']).toBe('timeout=60');
  });

  test('receives the proxy event', async () => {
    const { url } = await apiWith([...apiResources({ 'ANY /v1/jobs/{id}': F }), functionResource('f', echo)]);
    const before = Date.now();
    const { body, status } = await send(url, '/v1/jobs/urn:a%2Fb?x=1&x=2&y=a%20b&z=', {
      method: 'PATCH',
      headers: [
        'X-One',
        '1',
        'x-one',
        '2',
        'User-Agent',
        'test',
        'X-Forwarded-For',
        '10.0.0.9',
        'Content-Type',
        'text/plain',
      ],
      body: 'héllo',
    });
    expect(status).toBe(200);
    const event: unknown = JSON.parse(body);
    const port = new URL(url).port;
    expect(event).toEqual({
      resource: '/v1/jobs/{id}',
      path: '/v1/jobs/urn:a%2Fb',
      httpMethod: 'PATCH',
      headers: {
        Host: `127.0.0.1:${port}`,
        'X-One': '2',
        'User-Agent': 'test',
        'Content-Type': 'text/plain',
        'X-Forwarded-For': '10.0.0.9, 127.0.0.1',
        'X-Forwarded-Port': port,
        'X-Forwarded-Proto': 'http',
      },
      multiValueHeaders: expect.objectContaining({ 'X-One': ['1', '2'], 'User-Agent': ['test'] }),
      queryStringParameters: { x: '2', y: 'a b', z: '' },
      multiValueQueryStringParameters: { x: ['1', '2'], y: ['a b'], z: [''] },
      pathParameters: { id: 'urn:a/b' },
      stageVariables: null,
      body: 'héllo',
      isBase64Encoded: false,
      requestContext: {
        accountId: '111122223333',
        apiId: 'api1',
        deploymentId: 'dep1',
        domainName: '127.0.0.1',
        domainPrefix: '127',
        extendedRequestId: expect.any(String),
        httpMethod: 'PATCH',
        identity: expect.objectContaining({ sourceIp: '127.0.0.1', userAgent: 'test', caller: null }),
        path: '/v1/jobs/urn:a%2Fb',
        protocol: 'HTTP/1.1',
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        requestTime: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        requestTimeEpoch: expect.toSatisfy((time: number) => time >= before && time <= Date.now()),
        resourceId: 'id:/v1/jobs/{id}',
        resourcePath: '/v1/jobs/{id}',
        stage: 'prod',
      },
    });
  });

  test('receives null for missing parts of the request, and unusual query names unchanged', async () => {
    const { url } = await apiWith([...apiResources({ 'GET /': F }), functionResource('f', echo)]);
    expect(JSON.parse((await send(url, '/')).body)).toMatchObject({
      body: null,
      pathParameters: null,
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
    });
    const odd: unknown = JSON.parse((await send(url, '/?__proto__=1&a=b=c&A=d')).body);
    expect(odd).toHaveProperty('queryStringParameters.a', 'b=c');
    expect(odd).toHaveProperty('queryStringParameters.A', 'd');
  });

  test('receives binary bodies as Base64 and returns bytes to clients that accept them', async () => {
    const code = `export const handler = async (e) => ({ isBase64Encoded: true, headers: { 'content-type': 'image/png' },
      body: Buffer.from(e.isBase64Encoded + ':' + e.body).toString('base64') });`;
    const resources = apiResources({ 'POST /': F }, { BinaryMediaTypes: ['image/png'] });
    const { url } = await apiWith([...resources, functionResource('f', code)]);
    const headers = ['Content-Type', 'image/png; q=1', 'Accept', 'image/png'];
    const bytes = await send(url, '/', { method: 'POST', body: Buffer.from([255, 0]), headers });
    expect(bytes.body).toBe('true:/wA=');
    const text = await send(url, '/', { method: 'POST', body: 'x' });
    expect(Buffer.from(text.body, 'base64').toString()).toBe('false:x');
  });

  test('receives every body as Base64 if all types are binary, and its own text is passed on unchanged', async () => {
    const resources = apiResources({ 'ANY /': F }, { BinaryMediaTypes: ['*/*'] });
    const { url } = await apiWith([...resources, functionResource('f', echo)]);
    const headers = ['Content-Type', 'application/json', 'Accept', '*/*'];
    const posted = await send(url, '/', { method: 'POST', body: '{}', headers });
    expect(JSON.parse(posted.body)).toMatchObject({ body: 'e30=', isBase64Encoded: true });
    const untyped = await send(url, '/', { method: 'POST', body: Buffer.from([255]) });
    expect(JSON.parse(untyped.body)).toMatchObject({ body: '/w==', isBase64Encoded: true });
    const empty = await send(url, '/', { headers });
    expect(JSON.parse(empty.body)).toMatchObject({ body: null, isBase64Encoded: false });
  });

  test('returns status, headers and repeated headers; some names are remapped', async () => {
    const { url } = await apiWith([...apiResources({ 'POST /': F }), functionResource('f', mirror)]);
    const answer = await send(url, '/', {
      method: 'POST',
      body: JSON.stringify({
        statusCode: 201,
        headers: {
          'WWW-Authenticate': 'Bearer',
          'X-A': 1,
          'X-B': 'single',
          'Content-Length': '999',
          TE: 'no',
        },
        multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'], 'x-b': ['multi'] },
        body: '{}',
      }),
    });
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '2',
      'x-amzn-remapped-www-authenticate': 'Bearer',
      'x-amzn-remapped-content-length': '999',
      'x-a': '1',
      'x-b': 'multi',
      'set-cookie': ['a=1', 'b=2'],
      'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-amz-apigw-id': expect.any(String),
    });
    expect(answer.headers).not.toHaveProperty('www-authenticate');
    expect(answer.headers).not.toHaveProperty('te');
  });

  test('responds to HEAD without a body and sends 204 without a length', async () => {
    const code =
      'export const handler = async (e) => e.httpMethod === "HEAD" ? { body: "abc" } : { statusCode: 204 };';
    const { url } = await apiWith([...apiResources({ 'ANY /': F }), functionResource('f', code)]);
    const head = await send(url, '/', { method: 'HEAD' });
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', '3']);
    const options = await send(url, '/', { method: 'OPTIONS' });
    expect([options.status, options.body, options.headers['content-length']]).toEqual([204, '', undefined]);
  });

  test.each([
    ['a text', '"text"'],
    ['null', 'null'],
    ['an unknown field', '{"statusCode":200,"status":1}'],
    ['an invalid status', '{"statusCode":"ok"}'],
    ['a body that is not text', '{"body":{}}'],
    ['invalid headers', '{"headers":"a"}'],
    ['a header that cannot be sent', '{"headers":{"a":"\\n"}}'],
  ])('whose result has %s results in 502', async (_what, body) => {
    const { url } = await apiWith([...apiResources({ 'POST /': F }), functionResource('f', mirror)]);
    const answer = await send(url, '/', { method: 'POST', body });
    expect([answer.status, answer.body]).toEqual([502, '{"message":"Internal server error"}']);
    expect(answer.headers['x-amzn-errortype']).toBe('InternalServerErrorException');
  });

  test('that throws results in 502, and one that may not be invoked in 500, with the reason only in the log', async () => {
    const code = 'export const handler = async () => { throw new Error("secret"); };';
    const { url, lines } = await apiWith([...apiResources({ 'GET /': F }), functionResource('f', code)]);
    const thrown = await send(url, '/');
    expect([thrown.status, thrown.body]).toEqual([502, '{"message":"Internal server error"}']);
    expect(lines.some((line) => line.includes('GET /') && line.includes('secret'))).toBe(true);
    const unpermitted = apiResources({ 'GET /': F }).filter((it) => it.type !== 'AWS::Lambda::Permission');
    const second = await apiWith([...unpermitted, functionResource('f', code)]);
    expect((await send(second.url, '/')).status).toBe(500);
    expect(second.lines.join()).toContain('not authorized to perform: lambda:InvokeFunction');
  });

  test('that exceeds the time limit results in 504 and is not stopped', async () => {
    const code = `export const handler = async () => {
      await new Promise((resolve) => setTimeout(resolve, 400)); console.log('went on'); return {}; };`;
    const resources = apiResources({ 'GET /': { ...F, timeoutMs: 100 } });
    const { url, lines } = await apiWith([...resources, functionResource('f', code)]);
    const answer = await send(url, '/');
    expect([answer.status, answer.body]).toEqual([504, '{"message":"Endpoint request timed out"}']);
    await expect.poll(() => lines).toContain('f: went on');
  });
});

describe('API Gateway itself', () => {
  test('responds with 403 if no route matches', async () => {
    const { url } = await apiWith([...apiResources({ 'GET /a': F }), functionResource('f', echo)]);
    for (const [method, target] of [
      ['GET', '/'],
      ['GET', '/b'],
      ['POST', '/a'],
      ['OPTIONS', '*'],
    ] as const) {
      const answer = await send(url, target, { method });
      expect([answer.status, answer.body]).toEqual([403, '{"message":"Missing Authentication Token"}']);
      expect(answer.headers['x-amzn-errortype']).toBe('MissingAuthenticationTokenException');
    }
  });

  test('responds with 413 above 10 MB of body and 431 above 10,240 bytes of header values', async () => {
    const { url } = await apiWith([...apiResources({ 'POST /': F }), functionResource('f', echo)]);
    const large = await send(url, '/', { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
    expect([large.status, large.body]).toEqual([413, '{"message":"Request Too Long"}']);
    const long = await send(url, '/', { method: 'POST', headers: ['X-Long', 'x'.repeat(10_240)] });
    expect(long.status).toBe(431);
  });

  test('fails to start with EADDRINUSE if its port is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const resources = [...apiResources({ 'GET /': F }), functionResource('f', echo)];
    await expect(apiWith(resources, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await new Promise((resolve) => other.close(resolve));
  });

  test('stops within its grace period despite a request in flight and a kept-alive connection', async () => {
    const code =
      'export const handler = async (e) => { if (e.path === "/slow") await new Promise(() => {}); return {}; };';
    const { url, stop, lines } = await apiWith([
      ...apiResources({ 'GET /{p+}': F }),
      functionResource('f', `console.log('loaded'); ${code}`),
    ]);
    await (await fetch(`${url}/fast`)).text();
    const slow = send(url, '/slow').catch((error: Error) => error.message);
    await expect.poll(() => lines).toContain('f: loaded');
    const begin = Date.now();
    await stop();
    expect(Date.now() - begin).toBeLessThan(1_000);
    expect(await slow).toMatch(/socket hang up|ECONNREFUSED|ECONNRESET/);
    await expect(send(url, '/fast')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
