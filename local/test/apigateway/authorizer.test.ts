import { describe, expect, test } from 'vitest';
import { functionResource } from '../lambda/local-lambda.ts';
import { apiArn, apiResources, apiWith, authorizerResources, send } from './local-api.ts';

const echo =
  'export const handler = async (event) => ({ body: JSON.stringify(event.requestContext.authorizer) });';

/** An authorizer whose decision depends on the header `x-do`; it counts its calls. */
const testAuthorizer = `let calls = 0; export const handler = async (event) => {
  calls += 1; console.log('called for ' + event.methodArn);
  const command = event.headers['x-do'];
  if (command === 'unauthorized') throw new Error('Unauthorized');
  if (command === 'throw') throw new Error('secret');
  if (command === 'nonsense') return { principalId: 'p' };
  if (command === 'hang') await new Promise(() => {});
  if (command === 'list') return { principalId: 'p', policyDocument: { Statement: [] }, context: { a: [1] } };
  const [effect, resource] = (command ?? 'Allow ' + event.methodArn).split(' ');
  return { principalId: 'tenant-1', context: { calls, admin: true, name: 'x', none: null },
    policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resource }] } };
};`;

function api(properties: object = {}) {
  const method = { functionName: 'f', authorizerId: 'auth1' };
  return apiWith([
    ...apiResources({ 'GET /jobs/{id}': method, 'POST /jobs': method }),
    ...authorizerResources('auth1', 'authorize', properties),
    functionResource('f', echo),
    functionResource('authorize', testAuthorizer, { Timeout: 1 }),
  ]);
}

const command = (text: string) => ({ headers: ['x-do', text] });

describe('a request authorizer', () => {
  test('that allows a request passes on its context as strings', async () => {
    const { url, lines } = await api();
    const answer = await send(url, '/jobs/a%2Fb');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({
      principalId: 'tenant-1',
      calls: '1',
      admin: 'true',
      name: 'x',
      integrationLatency: expect.any(Number),
    });
    await expect.poll(() => lines).toContain(`authorize: called for ${apiArn}/prod/GET/jobs/a%2Fb`);
  });

  test.each([
    ['allows by wildcard', `Allow ${apiArn}/prod/*/jobs/*`, 200, undefined],
    ['allows all', 'Allow *', 200, undefined],
    [
      'allows another method',
      `Allow ${apiArn}/prod/PUT/jobs/1`,
      403,
      'User is not authorized to access this resource',
    ],
    ['denies', 'Deny *', 403, 'User is not authorized to access this resource with an explicit deny'],
    ['throws Unauthorized', 'unauthorized', 401, 'Unauthorized'],
    ['throws anything else', 'throw', 500, null],
    ['returns no policy', 'nonsense', 500, null],
    ['returns a list in its context', 'list', 500, null],
    ['returns an unknown effect', 'Perhaps *', 500, null],
    ['does not return in time', 'hang', 500, null],
  ])('that %s', async (_what, text, status, message) => {
    const { url } = await api();
    const answer = await send(url, '/jobs/1', command(text));
    expect(answer.status).toBe(status);
    if (message !== undefined) expect(JSON.parse(answer.body)).toEqual({ message });
  });

  test('that may not be invoked results in 500', async () => {
    const method = { functionName: 'f', authorizerId: 'auth1' };
    const { url } = await apiWith([
      ...apiResources({ 'GET /': method }),
      ...authorizerResources('auth1', 'authorize').filter((it) => it.type !== 'AWS::Lambda::Permission'),
      functionResource('f', echo),
      functionResource('authorize', testAuthorizer),
    ]);
    const answer = await send(url, '/');
    expect(answer.status).toBe(500);
    expect(answer.headers['x-amzn-errortype']).toBe('AuthorizerConfigurationException');
  });

  test('is invoked for each request', async () => {
    const { url } = await api();
    const calls = [await send(url, '/jobs/1'), await send(url, '/jobs/1')].map(
      (it) => JSON.parse(it.body).calls,
    );
    expect(calls).toEqual(['1', '2']);
  });

  test('with a cache prevents the start', async () => {
    await expect(api({ AuthorizerResultTtlInSeconds: 60 })).rejects.toThrow(/auth1 caches its decisions/);
  });
});
