import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { call, lambdaWith, temporaryDirectory } from '../local-lambda.ts';
import { fault, pythonFunction } from './function-resources.ts';

const code = 'def handler(event, context):\n  return "ran"\n';

/** Sets the PATH of this process to a folder with these scripts. */
function pathWith(scripts: Readonly<Record<string, string>>): string {
  const folder = temporaryDirectory();
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  vi.stubEnv('PATH', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return folder;
}

test('without an interpreter, the start and each call state what to install', async () => {
  pathWith({ 'python3.12': 'echo "python3.12: command not found" >&2; exit 127' });
  const notices: string[] = [];
  const { lambda } = lambdaWith([pythonFunction('f', code, { Runtime: 'python3.12' })], {
    notify: (line) => void notices.push(line),
  });
  await lambda.prewarm([]);
  const sentence =
    'Python 3.12 is not installed: install it, so that python3.12 or python3 (3.9 or later) is on the PATH';
  expect(notices).toEqual([`${sentence}. Until then, calls of f fail.`]);
  expect(await call(lambda, 'f')).toEqual(
    fault('Runtime.InvalidEntrypoint', expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: /)),
  );
  expect(await call(lambda, 'f')).toMatchObject({
    payload: { errorMessage: expect.stringContaining(`Error: ${sentence}`) },
  });
});

test('an interpreter of another version is used, with one notice that names both versions', async () => {
  const python = process.env['PATH'] ?? '';
  pathWith({ python3: `PATH='${python}' exec python3 "$@"` });
  const notices: string[] = [];
  const functions = ['f', 'g'].map((name) => pythonFunction(name, code, { Runtime: 'python3.99' }));
  const { lambda } = lambdaWith(functions, { notify: (line) => void notices.push(line) });
  expect(await call(lambda, 'f')).toBe('ran');
  await lambda.prewarm([]);
  expect(notices).toEqual([
    expect.stringMatching(/^Python 3\.99 is not installed: f, g run with Python 3\.\d+ \(\/.*\)\.$/),
  ]);
});
