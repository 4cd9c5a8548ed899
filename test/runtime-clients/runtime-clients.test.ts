import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { call, functionResource, lambdaWith } from '../../local/test/lambda/local-lambda.ts';
import { fault, pythonFunction } from '../../local/test/lambda/process/function-resources.ts';
import { pythonEnvironment } from '../support/processes/python-environment.ts';

const fixture = join(import.meta.dirname, 'fixture');
const root = resolve(import.meta.dirname, '../..');
const id = '[0-9a-f-]{36}';

/** A function of Python whose interpreter has AWS's client. Every result states whether this client runs it. */
function withAwsClient(code: string, properties: object = {}) {
  const programs = pythonEnvironment(join(fixture, 'requirements.txt'));
  vi.stubEnv('PATH', [programs, process.env['PATH']].join(delimiter));
  onTestFinished(() => void vi.unstubAllEnvs());
  const version = execFileSync(join(programs, 'python'), [
    '-c',
    'import sys; print("%d.%d" % sys.version_info[:2])',
  ]);
  return lambdaWith([
    pythonFunction('f', code, { Runtime: `python${String(version).trim()}`, ...properties }),
  ]);
}

describe('AWS’s client for Python', () => {
  test('runs a handler with its event and its context', { timeout: 600_000 }, async () => {
    const { lambda, lines } = withAwsClient(`
import logging, os, sys
def handler(event, context):
    logging.getLogger().warning("got %s", event["name"])
    return {"client": "awslambdaric.bootstrap" in sys.modules, "name": event["name"], "id": context.aws_request_id,
            "left": context.get_remaining_time_in_millis() > 0, "trace": os.environ["_X_AMZN_TRACE_ID"][:7]}
`);
    for (const name of ['Ada', 'Zoë'])
      expect(await call(lambda, 'f', { name })).toEqual({
        client: true,
        name,
        id: expect.stringMatching(new RegExp(`^${id}$`)),
        left: true,
        trace: 'Root=1-',
      });
    expect(lines).toContainEqual(expect.stringMatching(/^f: \[WARNING\]\t.*\tgot Zoë$/));
  });

  test('reports an error with its stack trace', async () => {
    const { lambda } = withAwsClient('def handler(e, c):\n  raise ValueError("no")');
    expect(await call(lambda, 'f')).toEqual({
      functionError: 'Unhandled',
      payload: {
        errorMessage: 'no',
        errorType: 'ValueError',
        requestId: expect.stringMatching(new RegExp(`^${id}$`)),
        stackTrace: [expect.stringContaining('line 2, in handler')],
      },
    });
  });

  test('reports a handler that cannot be loaded', async () => {
    const { lambda } = withAwsClient('import no_such_module');
    expect(await call(lambda, 'f')).toEqual(
      fault('Runtime.ImportModuleError', "Unable to import module 'index': No module named 'no_such_module'"),
    );
  });

  test('is started again after a response that was too large', async () => {
    const { lambda } = withAwsClient('def handler(e, c):\n  return "x" * e["size"]', { MemorySize: 512 });
    expect(await call(lambda, 'f', { size: 6_291_556 })).toEqual(
      fault('Function.ResponseSizeTooLarge', expect.any(String)),
    );
    expect(await call(lambda, 'f', { size: 2 })).toBe('xx');
  });
});

describe('AWS’s client for Go', () => {
  /** Compiles the program once; Go keeps what it has compiled. */
  function compiled(properties: object = {}) {
    const folder = join(root, '.build', 'go');
    cpSync(join(fixture, 'go'), folder, { recursive: true });
    execFileSync('go', ['build', '-o', 'bootstrap', '.'], { cwd: folder, stdio: 'inherit' });
    const { assetDirectory = '', ...resource } = functionResource('f', '', {
      Runtime: 'provided.al2023',
      Handler: 'bootstrap',
      ...properties,
    });
    cpSync(join(folder, 'bootstrap'), join(assetDirectory, 'bootstrap'));
    return lambdaWith([{ ...resource, assetDirectory }]);
  }

  test('runs a handler with its event and its context', { timeout: 600_000 }, async () => {
    const { lambda } = compiled();
    for (const name of ['Ada', 'Zoë'])
      expect(await call(lambda, 'f', { name })).toEqual({
        name,
        id: expect.stringMatching(new RegExp(`^${id}$`)),
        left: true,
        trace: true,
      });
  });

  test.each([
    ['fails', 'fail', 'errorString', 'no Ada'],
    ['panics', 'panic', 'string', 'lost'],
    [
      'exits',
      'exit',
      'Runtime.ExitError',
      expect.stringMatching(/Error: Runtime exited with error: exit status 4$/),
    ],
    ['hangs', 'hang', 'Sandbox.Timedout', expect.stringMatching(/Error: Task timed out after 3.00 seconds$/)],
  ])('reports a handler that %s, and the next call succeeds', async (_title, what, type, message) => {
    const { lambda } = compiled({ Timeout: 3 });
    expect(await call(lambda, 'f', { name: 'Ada', do: what })).toEqual(fault(type, message));
    expect(await call(lambda, 'f', { name: 'Ada' })).toMatchObject({ name: 'Ada' });
  });
});
