import { describe, expect, test } from 'vitest';
import { call, functionResource, lambdaWith } from './local-lambda.ts';

const uuid = '[0-9a-f-]{36}';

/** The result of a call whose function failed. */
function fault(errorType: string, errorMessage: string | RegExp): object {
  const message = typeof errorMessage === 'string' ? errorMessage : expect.stringMatching(errorMessage);
  return {
    functionError: 'Unhandled',
    payload: expect.objectContaining({ errorType, errorMessage: message }),
  };
}

describe('user code that fails', () => {
  const failing: ReadonlyArray<readonly [string, string, string, string | RegExp]> = [
    ['throws', 'export const handler = async () => { throw new TypeError("no"); };', 'TypeError', 'no'],
    [
      'throws a value that is not an error',
      'export const handler = async () => { throw "text"; };',
      'string',
      'text',
    ],
    [
      'returns a value that is not JSON',
      'export const handler = async () => 1n;',
      'Runtime.MarshalError',
      /Unable to stringify/,
    ],
    [
      'exports no handler',
      'export const other = 1;',
      'Runtime.HandlerNotFound',
      'index.handler is undefined or not exported',
    ],
    [
      'exports no function',
      'export const handler = 1;',
      'Runtime.HandlerNotFound',
      'index.handler is not a function',
    ],
    ['cannot be parsed', 'export const handler = ;', 'Runtime.UserCodeSyntaxError', /^SyntaxError: /],
    ['fails while it loads', 'throw new RangeError("early");', 'RangeError', 'early'],
    [
      'exits',
      'export const handler = async () => process.exit(3);',
      'Runtime.ExitError',
      new RegExp(`^RequestId: ${uuid} Error: Runtime exited with error: exit status 3$`),
    ],
    [
      'exits with 0',
      'export const handler = async () => process.exit(0);',
      'Runtime.ExitError',
      /Runtime exited without providing a reason$/,
    ],
    [
      'leaves a rejection',
      'export const handler = () => new Promise(() => { Promise.reject(new Error("lost")); });',
      'Runtime.UnhandledPromiseRejection',
      'Error: lost',
    ],
    [
      'returns too large a value',
      'export const handler = async () => "x".repeat(6_291_556);',
      'Function.ResponseSizeTooLarge',
      'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    ],
  ];

  test.each(failing)(
    'that %s results in the same error as in Lambda',
    async (_what, code, errorType, errorMessage) => {
      const { lambda } = lambdaWith([functionResource('service-f', code)]);
      expect(await call(lambda, 'service-f')).toEqual(fault(errorType, errorMessage));
    },
  );

  test('that throws returns the stack trace', async () => {
    const code = 'export const handler = async () => { throw new Error("no"); };';
    const { lambda } = lambdaWith([functionResource('f', code)]);
    const trace = expect.arrayContaining(['Error: no', expect.stringContaining('index.mjs')]);
    expect(await call(lambda, 'f')).toMatchObject({ payload: { trace } });
  });

  test('that is missing results in Runtime.ImportModuleError', async () => {
    const { lambda } = lambdaWith([functionResource('f', '', { Handler: 'other.handler' })]);
    expect(await call(lambda, 'f')).toEqual(fault('Runtime.ImportModuleError', /Cannot find module 'other'/));
  });

  test('runs again in a new thread after it ended its own', async () => {
    const code =
      'let n = 0; export const handler = async (e) => { n += 1; if (e.exit) process.exit(1); return n; };';
    const { lambda } = lambdaWith([functionResource('f', code)]);
    expect(await call(lambda, 'f')).toBe(1);
    expect(await call(lambda, 'f', { exit: true })).toMatchObject({ functionError: 'Unhandled' });
    expect(await call(lambda, 'f')).toBe(1);
  });

  test('that uses all memory is killed without an effect on this process', async () => {
    const code = `export const handler = async () => {
      const kept = []; for (;;) kept.push(Array.from({ length: 1000 }, (_, i) => ({ i }))); };`;
    const { lambda } = lambdaWith([functionResource('service-hog', code, { MemorySize: 128, Timeout: 60 })]);
    expect(await call(lambda, 'service-hog')).toEqual(
      fault(
        'Runtime.ExitError',
        new RegExp(`^RequestId: ${uuid} Error: Runtime exited with error: signal: killed$`),
      ),
    );
  });
});

describe('a time limit', () => {
  const code = `let n = 0; export const handler = async (e) => {
    n += 1; if (e.loop) for (;;); if (e.hang) await new Promise(() => {}); return n; };`;
  const words = new RegExp(`^RequestId: ${uuid} Error: Task timed out after 1.00 seconds$`);

  test('ends a thread that serves one call at a time', async () => {
    const { lambda } = lambdaWith([functionResource('service-slow', code, { Timeout: 1 })]);
    expect(await call(lambda, 'service-slow', { loop: true })).toEqual(fault('Sandbox.Timedout', words));
    expect(await call(lambda, 'service-slow')).toBe(1);
  });

  test('does not end a shared thread with other calls', async () => {
    const { lambda } = lambdaWith([functionResource('slow', code, { Timeout: 1 })]);
    expect(await call(lambda, 'slow', { hang: true })).toEqual(fault('Sandbox.Timedout', words));
    expect(await call(lambda, 'slow')).toBe(2);
  });

  test('ends a shared thread that is blocked', async () => {
    const { lambda } = lambdaWith([functionResource('slow', code, { Timeout: 1 })]);
    expect(await call(lambda, 'slow', { loop: true })).toEqual(fault('Sandbox.Timedout', words));
    await expect.poll(() => lambda.environmentCount('slow')).toBe(0);
    expect(await call(lambda, 'slow')).toBe(1);
  });
});

test('a killed function fails with signal: killed and handles the next call', async () => {
  const code = 'export const handler = (e) => e.hang ? (console.log("in"), new Promise(() => {})) : "ok";';
  const { lambda, lines } = lambdaWith([functionResource('f', code)]);
  const hanging = call(lambda, 'f', { hang: true });
  await expect.poll(() => lines).toEqual(['f: in']);
  lambda.killFunction('f');
  expect(await hanging).toEqual(fault('Runtime.ExitError', /signal: killed$/));
  expect(await call(lambda, 'f')).toBe('ok');
});

test('stop ends calls in flight in less than 3 s, even if their thread is blocked', async () => {
  const code = 'export const handler = async () => { await null; for (;;); };';
  const { lambda } = lambdaWith([functionResource('f', code)]);
  const blocked = call(lambda, 'f');
  await lambda.prewarm(['f']);
  const begin = Date.now();
  await lambda.stop();
  expect(Date.now() - begin).toBeLessThan(3_000);
  expect(await blocked).toEqual(fault('Runtime.ExitError', /signal: killed$/));
  await expect(call(lambda, 'f')).rejects.toMatchObject({ code: 'ServiceException' });
});
