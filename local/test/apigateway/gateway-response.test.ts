import { describe, expect, test } from 'vitest';
import { functionResource, resource } from '../lambda/local-lambda.ts';
import { apiResources, apiWith, authorizerResources, send } from './local-api.ts';

const deny = `export const handler = async (e) => ({ principalId: 'p', context: { plan: 'free' }, policyDocument:
  { Statement: [{ Action: '*', Effect: 'Deny', Resource: '*' }] } });`;
const testUnauthorized = "export const handler = async () => { throw new Error('Unauthorized'); };";
const F = { functionName: 'f' };

function gatewayResponse(type: string, properties: object) {
  return resource('AWS::ApiGateway::GatewayResponse', `response-${type}`, {
    ResponseType: type,
    ...properties,
  });
}

function api(code: string, ...responses: readonly ReturnType<typeof gatewayResponse>[]) {
  return apiWith([
    ...apiResources({ 'GET /{id}': { ...F, authorizerId: 'auth1' }, 'POST /': F }),
    ...authorizerResources('auth1', 'authorize'),
    functionResource('f', 'export const handler = async () => 1;'),
    functionResource('authorize', code),
    ...responses,
  ]);
}

describe('a gateway response', () => {
  test('sets status, headers and body', async () => {
    const { url } = await api(
      testUnauthorized,
      gatewayResponse('UNAUTHORIZED', {
        StatusCode: '499',
        ResponseParameters: {
          'gatewayresponse.header.WWW-Authenticate': '\'Bearer realm="x"\'',
          'gatewayresponse.header.Content-Type': "'application/problem+json'",
          'gatewayresponse.header.X-Request': 'context.requestId',
          'gatewayresponse.header.X-Id': 'method.request.path.id',
          'gatewayresponse.header.X-Echo': 'method.request.header.x-in',
          'gatewayresponse.header.X-Q': 'method.request.querystring.q',
          'gatewayresponse.header.X-None': 'method.request.header.x-none',
        },
        ResponseTemplates: {
          'application/json':
            // biome-ignore lint/suspicious/noTemplateCurlyInString: Velocity writes variables like this
            '{"a":$context.error.messageString,"b":"$context.error.message","c":"${context.error.responseType}","d":"$context.httpMethod $context.path","e":"$context.requestId","f":"$5 #1"}',
        },
      }),
    );
    const answer = await send(url, '/7?q=8', { headers: ['X-In', '9'] });
    expect(answer.status).toBe(499);
    const requestId = answer.headers['x-amzn-requestid'];
    expect(answer.headers).toMatchObject({
      'www-authenticate': 'Bearer realm="x"',
      'content-type': 'application/problem+json',
      'x-request': requestId,
      'x-id': '7',
      'x-echo': '9',
      'x-q': '8',
    });
    expect(answer.headers).not.toHaveProperty('x-none');
    expect(answer.rawHeaders.filter((name) => name.toLowerCase() === 'content-type')).toHaveLength(1);
    expect(JSON.parse(answer.body)).toEqual({
      a: 'Unauthorized',
      b: 'Unauthorized',
      c: 'UNAUTHORIZED',
      d: 'GET /7',
      e: requestId,
      f: '$5 #1',
    });
  });

  test('contains values of the authorizer that denied the request', async () => {
    const { url } = await api(
      deny,
      gatewayResponse('ACCESS_DENIED', {
        ResponseTemplates: { 'text/plain': 'plan $context.authorizer.plan' },
      }),
    );
    const answer = await send(url, '/7');
    expect([answer.status, answer.body, answer.headers['content-type']]).toEqual([
      403,
      'plan free',
      'text/plain',
    ]);
  });

  test('of the default type applies to failures without their own and keeps their status unless it sets one', async () => {
    const template = { ResponseTemplates: { 'application/json': '{"type":"$context.error.responseType"}' } };
    const { url } = await api(
      testUnauthorized,
      gatewayResponse('DEFAULT_4XX', template),
      gatewayResponse('DEFAULT_5XX', { ...template, StatusCode: '503' }),
    );
    const refused = await send(url, '/7');
    expect([refused.status, refused.body]).toEqual([401, '{"type":"UNAUTHORIZED"}']);
    const missing = await send(url, '/7/8');
    expect([missing.status, missing.body]).toEqual([403, '{"type":"MISSING_AUTHENTICATION_TOKEN"}']);
    const broken = await send(url, '/', { method: 'POST' });
    expect([broken.status, broken.body]).toEqual([503, '{"type":"API_CONFIGURATION_ERROR"}']);
  });

  test('is rendered from the template for a content type that the client accepts', async () => {
    const { url } = await api(
      testUnauthorized,
      gatewayResponse('UNAUTHORIZED', {
        ResponseTemplates: { 'text/html': '<p>', 'application/json': '{}' },
      }),
    );
    expect((await send(url, '/7', { headers: ['Accept', 'text/html, */*'] })).body).toBe('<p>');
    expect((await send(url, '/7', { headers: ['Accept', 'image/png'] })).body).toBe('{}');
  });

  test.each([
    [{ ResponseTemplates: { 'application/json': '#set($x = 1)' } }, /response-UNAUTHORIZED.*#set/],
    [{ ResponseTemplates: { 'application/json': '$input.body' } }, /\$input.body/],
    [{ ResponseTemplates: { 'application/json': '$util.escapeJavaScript("x")' } }, /\$util.escapeJavaScript/],
    [
      { ResponseTemplates: { 'application/json': '$context.error.validationErrorString' } },
      /validationErrorString/,
    ],
    [{ ResponseParameters: { 'gatewayresponse.header.X': 'stageVariables.x' } }, /stageVariables.x/],
    [{ ResponseParameters: { 'method.response.header.X': "'x'" } }, /only headers/],
  ])('with an unsupported value prevents the start, and the error names it', async (properties, message) => {
    await expect(api(testUnauthorized, gatewayResponse('UNAUTHORIZED', properties))).rejects.toThrow(message);
  });
});
