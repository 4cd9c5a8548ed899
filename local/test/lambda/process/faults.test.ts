import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isRunning } from '../../fixture/until.ts';
import { call, lambdaWith } from '../local-lambda.ts';
import { bootstrapFunction, fault, nodeFunction, pythonFunction } from './function-resources.ts';

const id = '[0-9a-f-]{36}';
const exited = (end: string) =>
  expect.stringMatching(new RegExp(`^RequestId: ${id} Error: Runtime exited ${end}$`));

describe('code in Python that fails', () => {
  const failing: ReadonlyArray<readonly [string, string, string, unknown]> = [
    ['raises', 'def handler(e, c):\n  raise ValueError("no")', 'ValueError', 'no'],
    [
      'returns a value that is not JSON',
      'def handler(e, c):\n  return {1, 2}',
      'Runtime.MarshalError',
      'Unable to marshal response: Object of type set is not JSON serializable',
    ],
    [
      'cannot import a module',
      'import no_such_module',
      'Runtime.ImportModuleError',
      "Unable to import module 'index': No module named 'no_such_module'",
    ],
    ['has no handler', 'x = 1', 'Runtime.HandlerNotFound', "Handler 'handler' missing on module 'index'"],
    [
      'cannot be parsed',
      'def handler(:',
      'Runtime.UserCodeSyntaxError',
      expect.stringMatching(/^Syntax error in module 'index': invalid syntax \(index\.py, line 1\)$/),
    ],
    ['fails while it loads', '1 / 0', 'ZeroDivisionError', 'division by zero'],
    [
      'exits',
      'import os\ndef handler(e, c):\n  os._exit(3)',
      'Runtime.ExitError',
      exited('with error: exit status 3'),
    ],
    [
      'exits with 0',
      'import os\ndef handler(e, c):\n  os._exit(0)',
      'Runtime.ExitError',
      exited('without providing a reason'),
    ],
    [
      'crashes',
      'import os, signal\ndef handler(e, c):\n  os.kill(os.getpid(), signal.SIGSEGV)',
      'Runtime.ExitError',
      exited('with error: signal: segmentation fault'),
    ],
    [
      'returns too large a value',
      'def handler(e, c):\n  return "x" * 6_291_556',
      'Function.ResponseSizeTooLarge',
      'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    ],
  ];

  test.each(failing)('that %s results in the same error as in Lambda', async (_what, code, type, message) => {
    const { lambda } = lambdaWith([pythonFunction('f', code)]);
    expect(await call(lambda, 'f')).toEqual(fault(type, message));
  });

  test('that raises returns its stack trace and its request id, and writes both to the log', async () => {
    const { lambda, lines } = lambdaWith([
      pythonFunction('f', 'def handler(e, c):\n  raise ValueError("no")'),
    ]);
    expect(await call(lambda, 'f')).toEqual({
      functionError: 'Unhandled',
      payload: {
        errorMessage: 'no',
        errorType: 'ValueError',
        requestId: expect.stringMatching(new RegExp(`^${id}$`)),
        stackTrace: [
          expect.stringMatching(
            /^ {2}File ".*index\.py", line 2, in handler\n {4}raise ValueError\("no"\)\n/,
          ),
        ],
      },
    });
    expect(lines).toContain('f: [ERROR] ValueError: no');
  });

  test('is loaded again by the next call', async () => {
    const code =
      'import os\ncount = 0\ndef handler(e, c):\n  global count\n  count += 1\n  if e.get("exit"): os._exit(1)\n  return count';
    const { lambda } = lambdaWith([pythonFunction('f', code)]);
    expect(await call(lambda, 'f')).toBe(1);
    expect(await call(lambda, 'f')).toBe(2);
    expect(await call(lambda, 'f', { exit: true })).toMatchObject({ functionError: 'Unhandled' });
    expect(await call(lambda, 'f')).toBe(1);
  });
});

test('a function whose processes use more memory than its memory size runs out of memory', async () => {
  const code = `
import subprocess, sys
def handler(e, c):
    half = bytearray(90_000_000)
    subprocess.run([sys.executable, "-c", "import time; half = bytearray(90_000_000); time.sleep(50)"])
`;
  const { lambda } = lambdaWith([pythonFunction('f', code, { MemorySize: 128, Timeout: 60 })]);
  expect(await call(lambda, 'f')).toEqual(fault('Runtime.OutOfMemory', exited('with error: signal: killed')));
});

test('a call that exceeds the time limit ends its process and the processes that it started', async () => {
  const code = `
import os, subprocess, time
def handler(e, c):
    if not e.get("hang"): return os.getpid()
    print("child", subprocess.Popen(["sleep", "600"]).pid)
    time.sleep(600)
`;
  const { lambda, lines } = lambdaWith([pythonFunction('f', code, { Timeout: 3 })]);
  const first = await call(lambda, 'f');
  expect(await call(lambda, 'f', { hang: true })).toEqual(
    fault(
      'Sandbox.Timedout',
      expect.stringMatching(new RegExp(`^RequestId: ${id} Error: Task timed out after 3.00 seconds$`)),
    ),
  );
  const child = Number(/child (\d+)/.exec(lines.join())?.[1]);
  expect(child).toBeGreaterThan(0);
  await expect.poll(() => isRunning(child)).toBe(false);
  const second = await call(lambda, 'f');
  expect(second).toEqual(expect.any(Number));
  expect(second).not.toBe(first);
});

describe('a program that', () => {
  test('does not exist results in Runtime.InvalidEntrypoint', async () => {
    const resource = bootstrapFunction('f', '#!/bin/sh\n');
    rmSync(join(resource.assetDirectory ?? '', 'bootstrap'));
    const { lambda } = lambdaWith([resource]);
    const message = expect.stringMatching(
      /Error: Couldn't find valid bootstrap\(s\): \[.*bootstrap\]: build the program of the function into this file$/,
    );
    expect(await call(lambda, 'f')).toEqual(fault('Runtime.InvalidEntrypoint', message));
  });

  test('is not executable results in Runtime.InvalidEntrypoint', async () => {
    const resource = bootstrapFunction('f', '#!/bin/sh\n');
    chmodSync(join(resource.assetDirectory ?? '', 'bootstrap'), 0o644);
    const { lambda } = lambdaWith([resource]);
    expect(await call(lambda, 'f')).toEqual(
      fault(
        'Runtime.InvalidEntrypoint',
        expect.stringMatching(/permission denied: make the file executable$/),
      ),
    );
  });

  test('exits before its first request is started twice', async () => {
    const { lambda, lines } = lambdaWith([bootstrapFunction('f', '#!/bin/sh\necho started\nexit 7\n')]);
    expect(await call(lambda, 'f')).toEqual(fault('Runtime.ExitError', exited('with error: exit status 7')));
    expect(lines.filter((line) => line === 'f: started')).toHaveLength(2);
  });

  test('loads its code too slowly is started again within the time limit of the call', async () => {
    const script = '#!/bin/sh\necho started\nexec sleep 600\n';
    const { lambda, lines } = lambdaWith([bootstrapFunction('f', script, { Timeout: 1 })], {
      initLimitMs: 50,
    });
    expect(await call(lambda, 'f')).toEqual(
      fault('Sandbox.Timedout', expect.stringMatching(/Error: Task timed out after 1.00 seconds$/)),
    );
    expect(lines).toContainEqual(expect.stringContaining('The function was not loaded within 0.05 seconds'));
  });
});

test('native code of Node.js that crashes in a process ends only that process', async () => {
  const code = 'export const handler = async (e) => { if (e.crash) process.abort(); return process.pid; };';
  const { lambda } = lambdaWith([nodeFunction('f', code)]);
  const first = await call(lambda, 'f');
  expect(first).not.toBe(process.pid);
  expect(await call(lambda, 'f', { crash: true })).toEqual(
    fault('Runtime.ExitError', exited('with error: signal: aborted')),
  );
  expect(await call(lambda, 'f')).not.toBe(first);
});

test('a killed function fails with signal: killed and handles the next call', async () => {
  const code =
    'import time\ndef handler(e, c):\n  if e.get("hang"):\n    print("in")\n    time.sleep(600)\n  return "ok"';
  const { lambda, lines } = lambdaWith([pythonFunction('f', code)]);
  const hanging = call(lambda, 'f', { hang: true });
  await expect.poll(() => lines, { timeout: 20_000 }).toEqual(['f: in']);
  lambda.killFunction('f');
  expect(await hanging).toEqual(fault('Runtime.ExitError', exited('with error: signal: killed')));
  expect(await call(lambda, 'f')).toBe('ok');
});

test('stop ends a process that loads its code, and its call fails', async () => {
  const { lambda, lines } = lambdaWith([bootstrapFunction('f', '#!/bin/sh\necho loading\nexec sleep 600\n')]);
  const waiting = call(lambda, 'f');
  await expect.poll(() => lines).toEqual(['f: loading']);
  await lambda.stop();
  expect(await waiting).toEqual(fault('Runtime.ExitError', exited('with error: signal: killed')));
});

test('a process that ends between two calls is replaced without an effect on the next call', async () => {
  const code = `import os, threading
def handler(e, c):
    if e.get("end"): threading.Timer(0.05, lambda: os._exit(9)).start()
    return os.getpid()`;
  const { lambda, lines } = lambdaWith([pythonFunction('f', code)]);
  const first = await call(lambda, 'f', { end: true });
  await expect.poll(() => lines.join()).toContain('exit status 9');
  expect(await call(lambda, 'f')).not.toBe(first);
});
