import { expect, test } from 'vitest';
import type { AwsRequest } from '../../cloud.ts';
import { functionArnOf, functionResource, lambdaWith, testOperator } from './local-lambda.ts';

function invocation(
  functionName: string,
  headers: Record<string, string> = {},
  body = '{"a":1}',
): AwsRequest {
  const url = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
  return { method: 'POST', url, headers, body: Buffer.from(body), principal: testOperator };
}

const code =
  'export const handler = async (e) => { if (e.fail) throw new Error("no"); console.log("ran"); return e; };';

test('Invoke returns the payload over HTTP and reports a failed function', async () => {
  const { service } = lambdaWith([functionResource('f', code)]).lambda;
  expect(await service.handle(invocation('f'))).toEqual({
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/),
    },
    body: '{"a":1}',
  });
  const failed = await service.handle(invocation(functionArnOf('f'), {}, '{"fail":true}'));
  expect(failed.headers).toMatchObject({ 'x-amz-function-error': 'Unhandled' });
});

test('Invoke with type Event is accepted and runs, and with DryRun does not run', async () => {
  const { lambda, lines } = lambdaWith([functionResource('f', code)]);
  const dry = await lambda.service.handle(invocation('f', { 'X-Amz-Invocation-Type': 'DryRun' }));
  expect(dry.status).toBe(204);
  const later = await lambda.service.handle(invocation('f', { 'x-amz-invocation-type': 'Event' }));
  expect(later).toMatchObject({ status: 202, body: '' });
  await expect.poll(() => lines).toEqual(['f: ran']);
});

test('Invoke needs lambda:InvokeFunction on the ARN; other operations are refused', async () => {
  const { service } = lambdaWith([functionResource('f', code)]).lambda;
  expect(service.checks(invocation('f'))).toEqual([
    { action: 'lambda:InvokeFunction', resource: functionArnOf('f') },
  ]);
  const other = { ...invocation('f'), url: '/2015-03-31/functions', method: 'GET' };
  expect(() => service.checks(other)).toThrow(
    'GET /2015-03-31/functions is not supported by the local runtime',
  );
  await expect(service.handle(invocation('g'))).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});

test("GetAccountSettings returns the account's limits and needs its own permission", async () => {
  const reserving = functionResource('f', code, { ReservedConcurrentExecutions: 20 });
  const { service } = lambdaWith([reserving], { accountConcurrency: 200 }).lambda;
  const request = { ...invocation('f', {}, ''), url: '/2016-08-19/account-settings', method: 'GET' };
  expect(service.checks(request)).toEqual([{ action: 'lambda:GetAccountSettings', resource: '*' }]);
  const { status, body } = await service.handle(request);
  expect({ status, body: JSON.parse(String(body)) }).toMatchObject({
    status: 200,
    body: { AccountLimit: { ConcurrentExecutions: 200, UnreservedConcurrentExecutions: 180 } },
  });
});

test('GetFunctionConcurrency returns the reservation of a function, and needs permission for the function', async () => {
  const reserving = functionResource('f', code, { ReservedConcurrentExecutions: 20 });
  const { service } = lambdaWith([reserving, functionResource('g', code)]).lambda;
  const requestOf = (name: string) => ({
    ...invocation(name, {}, ''),
    url: `/2019-09-30/functions/${encodeURIComponent(name)}/concurrency`,
    method: 'GET',
  });
  expect(service.checks(requestOf('f'))).toEqual([
    { action: 'lambda:GetFunctionConcurrency', resource: functionArnOf('f') },
  ]);
  const read = async (name: string) => JSON.parse(String((await service.handle(requestOf(name))).body));
  expect(await read('f')).toEqual({ ReservedConcurrentExecutions: 20 });
  expect(await read(functionArnOf('g'))).toEqual({});
  await expect(service.handle(requestOf('missing'))).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
    status: 404,
    message: `Function not found: ${functionArnOf('missing')}`,
  });
});
