import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { call, functionArnOf, functionResource, lambdaWith, testOperator } from './local-lambda.ts';

describe('a function', () => {
  test('returns its handler’s value, and null if the handler returns undefined', async () => {
    const code = 'export const handler = async (event) => event.quiet ? undefined : ({ got: event });';
    const { lambda } = lambdaWith([functionResource('echo', code)]);
    expect(await call(lambda, 'echo', { a: [1, 'é'] })).toEqual({ got: { a: [1, 'é'] } });
    expect(await call(lambda, 'echo', { quiet: true })).toBeNull();
  });

  test('is found by name, ARN and $LATEST only', async () => {
    const { lambda } = lambdaWith([functionResource('echo', 'export const handler = async () => 1;')]);
    expect(await call(lambda, functionArnOf('echo'))).toBe(1);
    expect(await call(lambda, 'echo:$LATEST')).toBe(1);
    await expect(call(lambda, 'other')).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      status: 404,
      message: `Function not found: ${functionArnOf('other')}`,
    });
    await expect(call(lambda, `${functionArnOf('echo')}:7`)).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  test('has its own environment and not that of this process', async () => {
    process.env['LOCAL_LAMBDA_SECRET'] = 'outside';
    const { lambda } = lambdaWith([
      functionResource('env', 'export const handler = async () => process.env;', {
        Environment: { Variables: { TABLE: 'jobs' } },
        MemorySize: 256,
      }),
    ]);
    const environment = await call(lambda, 'env');
    delete process.env['LOCAL_LAMBDA_SECRET'];
    expect(environment).toMatchObject({
      TABLE: 'jobs',
      AWS_ACCESS_KEY_ID: 'LOCALKEY',
      AWS_REGION: 'eu-central-1',
      AWS_LAMBDA_FUNCTION_NAME: 'env',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      _HANDLER: 'index.handler',
    });
    expect(environment).not.toHaveProperty('LOCAL_LAMBDA_SECRET');
    expect(environment).not.toHaveProperty('HOME');
  });

  test('receives a context with its limits', async () => {
    const code = `export const handler = async (event, context) => ({
      ...context, left: context.getRemainingTimeInMillis() });`;
    const { lambda } = lambdaWith([functionResource('context', code, { Timeout: 7, MemorySize: 512 })]);
    const context = await call(lambda, 'context');
    expect(context).toMatchObject({
      functionName: 'context',
      functionVersion: '$LATEST',
      invokedFunctionArn: functionArnOf('context'),
      memoryLimitInMB: '512',
      logGroupName: '/aws/lambda/context',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      left: expect.toSatisfy((left: number) => left > 5_000 && left <= 7_000),
    });
  });

  test('may be a script, even below a folder whose package.json has the type module', async () => {
    const code =
      'const path = require("node:path"); exports.handler = async () => path.basename(__filename);';
    const script = functionResource('script', code, {}, 'index.js');
    const named = functionResource(
      'named',
      'module.exports = { deep: { run: async () => 2 } };',
      {
        Handler: 'src/app.deep.run',
      },
      'src/app.cjs',
    );
    for (const { assetDirectory = '' } of [script, named]) {
      writeFileSync(join(dirname(assetDirectory), 'package.json'), '{"type":"module"}');
    }
    const { lambda } = lambdaWith([script, named]);
    expect(await call(lambda, 'script')).toBe('index.js');
    expect(await call(lambda, 'named')).toBe(2);
  });

  test('may have a callback on runtimes before Node.js 24, but not from then on', async () => {
    const code = 'exports.handler = (event, context, done) => { setImmediate(() => done(null, "called")); };';
    const { lambda } = lambdaWith([
      functionResource('old', code, { Runtime: 'nodejs22.x' }, 'index.cjs'),
      functionResource('new', code, {}, 'index.cjs'),
    ]);
    expect(await call(lambda, 'old')).toBe('called');
    expect(await call(lambda, 'new')).toMatchObject({
      functionError: 'Unhandled',
      payload: { errorType: 'Runtime.CallbackHandlerDeprecated' },
    });
  });

  test('keeps its state between calls, and its output is logged', async () => {
    const code = 'let n = 0; export const handler = async () => { console.log("line", ++n); return n; };';
    const { lambda, lines } = lambdaWith([functionResource('count', code)]);
    expect([await call(lambda, 'count'), await call(lambda, 'count')]).toEqual([1, 2]);
    await expect.poll(() => lines).toEqual(['count: line 1', 'count: line 2']);
  });

  test('is loaded by prewarm, before any call', async () => {
    const code = 'console.log("loaded"); export const handler = async () => 1;';
    const { lambda, lines } = lambdaWith([functionResource('warm', code)]);
    expect(lambda.environmentCount('warm')).toBe(0);
    await lambda.prewarm(['warm']);
    expect(lambda.environmentCount('warm')).toBe(1);
    await expect.poll(() => lines).toEqual(['warm: loaded']);
    await expect(lambda.prewarm(['none'])).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });

  test('cannot be invoked with an event that is too large or not JSON', async () => {
    const { lambda } = lambdaWith([functionResource('echo', 'export const handler = async () => 1;')]);
    const payload = JSON.stringify('x'.repeat(6_291_456));
    await expect(
      lambda.invoke({ functionName: 'echo', payload, principal: testOperator }),
    ).rejects.toMatchObject({
      code: 'RequestEntityTooLargeException',
      status: 413,
    });
    await expect(
      lambda.invoke({ functionName: 'echo', payload: '{', principal: testOperator }),
    ).rejects.toMatchObject({ code: 'InvalidRequestContentException', status: 400 });
  });
});

test('a function that cannot run locally is refused, and the error names it', () => {
  const code = 'export const handler = async () => 1;';
  const java = functionResource('f', code, { Runtime: 'java21' });
  expect(() => lambdaWith([java])).toThrow(
    /Test\/f has runtime java21; the local runtime supports nodejs\*, python3\.\* and provided\.\*/,
  );
  const { assetDirectory: _, ...inline } = functionResource('f', code);
  expect(() => lambdaWith([inline])).toThrow(/Test\/f has no asset directory/);
});
