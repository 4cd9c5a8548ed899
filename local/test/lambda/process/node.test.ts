import { expect, test } from 'vitest';
import { call, lambdaWith, testOperator } from '../local-lambda.ts';
import { fault, nodeFunction } from './function-resources.ts';

test('a function of Node.js in a process gets the context of its call and the variables of Lambda', async () => {
  const code = `export const handler = async (event, context) => {
    console.log('got', event.name);
    return { id: context.awsRequestId, left: context.getRemainingTimeInMillis() > 0, arn: context.invokedFunctionArn,
      variables: process.env, folder: process.cwd() };
  };`;
  const { lambda, lines } = lambdaWith([nodeFunction('f', code, { MemorySize: 256 })]);
  const result = await call(lambda, 'f', { name: 'Ada' });
  expect(result).toMatchObject({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    left: true,
    arn: 'arn:aws:lambda:eu-central-1:111122223333:function:f',
    variables: {
      _HANDLER: 'index.handler',
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-/),
      AWS_ACCESS_KEY_ID: 'LOCALKEY',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/f',
      AWS_LAMBDA_RUNTIME_API: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      AWS_REGION: 'eu-central-1',
    },
  });
  const { variables, folder } = result as { variables: Record<string, string>; folder: string }; // checked above
  expect(folder).toBe(variables['LAMBDA_TASK_ROOT']);
  expect(variables).not.toHaveProperty('HOME');
  expect(variables).not.toHaveProperty('AWS_LAMBDA_MAX_CONCURRENCY');
  expect(lines).toEqual(['f: got Ada']);
});

test.each([
  ['throws', 'export const handler = async () => { throw new TypeError("no"); };', 'TypeError', 'no'],
  [
    'has no handler',
    'export const other = 1;',
    'Runtime.HandlerNotFound',
    'index.handler is undefined or not exported',
  ],
  ['fails while it loads', 'throw new RangeError("early");', 'RangeError', 'early'],
  [
    'leaves a rejection',
    'export const handler = () => new Promise(() => { Promise.reject(new Error("lost")); });',
    'Runtime.UnhandledPromiseRejection',
    'Error: lost',
  ],
])('code in a process that %s results in the same error as in Lambda', async (_what, code, type, message) => {
  const { lambda } = lambdaWith([nodeFunction('f', code)]);
  expect(await call(lambda, 'f')).toEqual(fault(type, message));
});

test('a streaming handler in a process sends its prelude and its chunks', async () => {
  const code = `export const handler = awslambda.streamifyResponse(async (event, stream) => {
    const http = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { a: 'b' } });
    http.write('one ');
    http.write('two');
    http.end();
    await new Promise((resolve) => http.on('finish', resolve));
  });`;
  const { lambda } = lambdaWith([nodeFunction('f', code)]);
  const result = await lambda.invokeStreaming({ functionName: 'f', payload: '{}', principal: testOperator });
  expect(await result.prelude).toMatchObject({ statusCode: 201, headers: { a: 'b' } });
  const chunks = await Array.fromAsync(result.body);
  expect(Buffer.concat(chunks).toString()).toBe('one two');
});

test('calls at the same time run in processes of their own', async () => {
  const code = `import { setTimeout } from 'node:timers/promises';
    export const handler = async () => { console.log('in'); await setTimeout(60_000); };`;
  const { lambda, lines } = lambdaWith([nodeFunction('f', code, { Timeout: 60 })]);
  const calls = [call(lambda, 'f'), call(lambda, 'f')];
  await expect.poll(() => lines).toEqual(['f: in', 'f: in']);
  expect(lambda.environmentCount('f')).toBe(2);
  lambda.killFunction('f');
  expect(await Promise.all(calls)).toMatchObject([
    { functionError: 'Unhandled' },
    { functionError: 'Unhandled' },
  ]);
});
