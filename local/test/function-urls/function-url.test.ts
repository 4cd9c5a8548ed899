import { describe, expect, onTestFinished, test } from 'vitest';
import { startApi } from '../../apigateway/start-api.ts';
import { functionUrlId } from '../../assembly/function-url-address.ts';
import type { Resource } from '../../cloud.ts';
import { serveFunctionUrls } from '../../function-urls/serve-function-urls.ts';
import { urlEvent } from '../../function-urls/url-event.ts';
import { modelOf } from '../fixture/model-of.ts';
import { functionArnOf, functionResource, lambdaWith, resource } from '../lambda/local-lambda.ts';

const echo = 'export const handler = async (event) => event;';
const urlId = functionUrlId({ stack: 'Test', logicalId: 'url-f' });

function urlOf(properties: object = {}): Resource {
  return resource('AWS::Lambda::Url', 'url-f', {
    TargetFunctionArn: functionArnOf('f'),
    AuthType: 'NONE',
    ...properties,
  });
}

function permission(properties: object): Resource {
  return resource('AWS::Lambda::Permission', JSON.stringify(properties), {
    FunctionName: functionArnOf('f'),
    Principal: '*',
    ...properties,
  });
}

const viaUrl = permission({ Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' });
const invoke = permission({ Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true });

/** Starts an API that shares its port with function URLs, as in the runtime. Returns the URL of `f`. */
async function start(code = echo, permissions: readonly Resource[] = [viaUrl, invoke]) {
  const resources = [functionResource('f', code), urlOf(), ...permissions];
  const model = modelOf([
    ...resources,
    resource('AWS::ApiGateway::RestApi', 'api1', { Name: 'api' }),
    resource('AWS::ApiGateway::Stage', 'prod', { DeploymentId: 'dep1' }),
  ]);
  const { lambda } = lambdaWith(resources);
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const handleOther = serveFunctionUrls({ model, invoker: lambda, log });
  const api = await startApi({ model, invoker: lambda, port: 0, log, handleOther });
  onTestFinished(() => api.stop());
  return { base: api.url, url: `${api.url}/_url/${urlId}`, lines };
}

/** Returns the function's response, which is its event. */
async function eventOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.status).toBe(200);
  return (await response.json()) as Record<string, unknown>; // the function returns its event
}

describe('the event of a function URL', () => {
  test('matches the documentation', () => {
    // https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
    const request = {
      requestId: 'id',
      extendedRequestId: '',
      receivedAt: new Date('2020-03-12T19:03:58.390Z'),
      httpMethod: 'POST',
      path: '/my/path',
      headers: {
        Header1: ['value1'],
        Header2: ['value1', 'value2'],
        Cookie: ['cookie1; cookie2'],
        'Content-Type': ['text/plain'],
        Host: ['<url-id>.lambda-url.us-west-2.on.aws'],
        'User-Agent': ['agent'],
      },
      query: { parameter1: ['value1', 'value2'], parameter2: ['value'] },
      sourceIp: '123.123.123.123',
      protocol: 'HTTP/1.1',
    };
    const rawQuery = 'parameter1=value1&parameter1=value2&parameter2=value';
    const body = Buffer.from('Hello from client!');
    expect(urlEvent({ urlId: '<urlid>', request, rawQuery, body })).toEqual({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/my/path',
      rawQueryString: rawQuery,
      cookies: ['cookie1', 'cookie2'],
      headers: {
        header1: 'value1',
        header2: 'value1,value2',
        'content-type': 'text/plain',
        host: '<url-id>.lambda-url.us-west-2.on.aws',
        'user-agent': 'agent',
      },
      queryStringParameters: { parameter1: 'value1,value2', parameter2: 'value' },
      requestContext: {
        accountId: 'anonymous',
        apiId: '<urlid>',
        domainName: '<url-id>.lambda-url.us-west-2.on.aws',
        domainPrefix: '<url-id>',
        http: {
          method: 'POST',
          path: '/my/path',
          protocol: 'HTTP/1.1',
          sourceIp: '123.123.123.123',
          userAgent: 'agent',
        },
        requestId: 'id',
        routeKey: '$default',
        stage: '$default',
        time: '12/Mar/2020:19:03:58 +0000',
        timeEpoch: 1584039838390,
      },
      body: 'Hello from client!',
      isBase64Encoded: false,
    });
  });

  test('has no body, cookies or query if the request has none', async () => {
    const { url } = await start();
    const event = await eventOf(await fetch(`${url}/a/b`));
    expect(event).toMatchObject({ rawPath: '/a/b', rawQueryString: '', isBase64Encoded: false });
    for (const name of ['body', 'cookies', 'queryStringParameters']) expect(event).not.toHaveProperty(name);
    expect(await eventOf(await fetch(url))).toMatchObject({ rawPath: '/' });
  });

  test('contains the length of its body in the headers', async () => {
    const { url } = await start();
    const event = await eventOf(await fetch(url, { method: 'POST', body: 'é' }));
    expect(event).toMatchObject({ headers: { 'content-length': '2' } });
  });

  test('contains JSON unchanged and bytes in Base64', async () => {
    const { url } = await start();
    const send = async (type: string, body: string) =>
      eventOf(await fetch(url, { method: 'POST', headers: { 'content-type': type }, body }));
    expect(await send('application/json; charset=utf-8', '{"é":1}')).toMatchObject({
      body: '{"é":1}',
      isBase64Encoded: false,
    });
    const bytes = Buffer.from('abc').toString('base64');
    expect(await send('application/octet-stream', 'abc')).toMatchObject({
      body: bytes,
      isBase64Encoded: true,
    });
  });

  test('contains path and query as sent', async () => {
    const { url } = await start();
    const event = await eventOf(await fetch(`${url}/a%2Fb?x=1%202&x=3`));
    expect(event).toMatchObject({
      rawPath: '/a%2Fb',
      rawQueryString: 'x=1%202&x=3',
      queryStringParameters: { x: '1 2,3' },
    });
  });
});

describe('the response of a function URL', () => {
  test('has the function’s status, headers and cookies, and bytes decoded from Base64', async () => {
    const { url } = await start(`export const handler = async () => ({
      statusCode: 418, headers: { 'X-One': 'a', 'Content-Type': 'text/x' }, cookies: ['c=1', 'd=2'],
      body: Buffer.from('\\xff', 'latin1').toString('base64'), isBase64Encoded: true });`);
    const answer = await fetch(url);
    expect(answer.status).toBe(418);
    expect(Object.fromEntries(answer.headers)).toMatchObject({ 'x-one': 'a', 'content-type': 'text/x' });
    expect(answer.headers.getSetCookie()).toEqual(['c=1', 'd=2']);
    expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([255]);
  });

  test('is 502 if the function fails or returns an invalid status', async () => {
    for (const code of ['throw new Error("no")', 'return { statusCode: 20 }']) {
      const { url } = await start(`export const handler = async () => { ${code} };`);
      expect((await fetch(url)).status).toBe(502);
    }
  });

  test('is 413 for a body that is too large for an event', async () => {
    const { url } = await start();
    for (const megabytes of [6, 11]) {
      const body = 'x'.repeat(megabytes * 1024 * 1024);
      expect((await fetch(url, { method: 'POST', body })).status).toBe(413);
    }
  });

  test('is 404 for an unknown function URL', async () => {
    const { base } = await start();
    expect((await fetch(`${base}/_url/none/`)).status).toBe(404);
    expect((await fetch(`${base}/_url/`)).status).toBe(404);
  });

  test.each([
    ['no permission', []],
    ['only the permission to call the URL', [viaUrl]],
    ['only the permission to invoke', [invoke]],
    [
      'a permission for signed calls',
      [{ ...viaUrl, properties: { ...viaUrl.properties, FunctionUrlAuthType: 'AWS_IAM' } }, invoke],
    ],
    [
      'the permissions of an account',
      [viaUrl, invoke].map((it) => ({ ...it, properties: { ...it.properties, Principal: '111122223333' } })),
    ],
  ])('is 403 with %s', async (_what, permissions) => {
    const { url, lines } = await start(echo, permissions);
    expect((await fetch(url)).status).toBe(403);
    expect(lines.join()).toContain('anonymous is not authorized to perform');
  });
});

test.each([{ AuthType: 'AWS_IAM' }, { InvokeMode: 'RESPONSE_STREAM' }])(
  '%j is refused at the start',
  (properties) => {
    const model = modelOf([urlOf(properties)]);
    const serve = () =>
      serveFunctionUrls({
        model,
        invoker: { invoke: () => Promise.reject(new Error()) },
        log: () => undefined,
      });
    expect(serve).toThrow(/AWS::Lambda::Url Test\/url-f has (AuthType|InvokeMode)/);
  },
);

test('a permission for a function URL does not permit a service', async () => {
  const { lambda } = lambdaWith([
    functionResource('f', echo),
    permission({
      Principal: 's3.amazonaws.com',
      Action: 'lambda:InvokeFunction',
      InvokedViaFunctionUrl: true,
    }),
  ]);
  const principal = { kind: 'service', service: 's3.amazonaws.com', sourceArn: 'arn:aws:s3:::b' } as const;
  await expect(lambda.invoke({ functionName: 'f', payload: '{}', principal })).rejects.toMatchObject({
    code: 'AccessDeniedException',
  });
});
