/*
Builds the wheel of the Python client, installs it into an environment of its own, checks its types with mypy, and runs its tests
against a local service: the methods of both clients, faults of connections, a restart of the service, the examples of other services,
and the code of docs/guides/python.md. Needs python3 (3.10 or later) with pip, and Linux.
Usage: node test/python/check-python-client.ts [arguments of pytest]
Exits with 1 when something fails.
*/
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startOwnErrand, type TestErrand } from '../support/local-service/local-errand.ts';
import { codeLines } from './code-lines.ts';

const root = resolve(import.meta.dirname, '../..');
const source = join(root, 'python');
/** Lines of code of the package, without blank lines, comments and docstrings: decision 51. */
const maxCodeLines = 1_650;
const folder = mkdtempSync(join(tmpdir(), 'errand-python-'));

const variables: NodeJS.ProcessEnv = {
  ...process.env,
  PYTHONDONTWRITEBYTECODE: '1',
  PIP_DISABLE_PIP_VERSION_CHECK: '1',
};

/** Runs a program in the folder. Throws if it does not exit with 0. */
async function run(program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<void> {
  const child = spawn(program, args, { cwd: folder, stdio: 'inherit', env: { ...variables, ...more } });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} ${args.slice(0, 4).join(' ')} exited with ${code}`);
}

/** Installs what the tests need and the wheel. Returns the folder of the environment's programs. */
async function install(): Promise<string> {
  const bin = join(folder, 'environment', 'bin');
  await run('python3', ['-m', 'venv', join(folder, 'environment')]);
  const pip = (...args: readonly string[]) => run(join(bin, 'python'), ['-m', 'pip', ...args]);
  await pip('install', '--quiet', '--require-hashes', '-r', join(import.meta.dirname, 'requirements.txt'));
  await pip('wheel', '--quiet', '--no-deps', '--no-build-isolation', '--wheel-dir', folder, source);
  await pip('install', '--quiet', '--no-deps', ...globSync(join(folder, 'errand_client-*.whl')));
  await pip('check');
  return bin;
}

/** A service that can be restarted, with the same URL and data. */
async function restartable() {
  const start = (port: number): Promise<TestErrand> =>
    startOwnErrand({ port, dataDirectory: join(folder, 'data') });
  let errand = await start(0);
  const restart = async (): Promise<void> => {
    const port = Number(new URL(errand.url).port);
    await errand.stop();
    errand = await start(port);
  };
  const control = createServer((_request, response) => {
    restart().then(
      () => response.end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  control.listen(0, '127.0.0.1');
  await once(control, 'listening');
  const { port } = control.address() as AddressInfo; // it listens on a port
  return {
    variables: {
      ERRAND_URL: errand.url,
      ERRAND_API_KEY: errand.apiKey,
      ERRAND_CONTROL: `http://127.0.0.1:${port}`,
      ERRAND_CHECKOUT: root,
    },
    async end(): Promise<void> {
      control.close();
      await errand.end();
    },
  };
}

const modules = globSync(join(source, 'errand_client', '*.py'));
const lines = modules.reduce((sum, file) => sum + codeLines(readFileSync(file, 'utf8')), 0);
console.log(`${lines} lines of code in ${modules.length} modules, at most ${maxCodeLines}`);
if (lines > maxCodeLines || modules.length > 20) process.exitCode = 1;

try {
  const bin = await install();
  // Apart from the sources, so that the installed wheel is tested.
  cpSync(join(source, 'tests'), join(folder, 'tests'), { recursive: true });
  const cache = ['--cache-dir', join(folder, 'mypy')];
  await run(join(bin, 'mypy'), ['--strict', ...cache, '-p', 'errand_client']);
  await run(join(bin, 'mypy'), [
    '--strict',
    ...cache,
    ...globSync(join(root, 'examples/seeds/*.py')),
    'tests/typed_use.py',
  ]);
  const service = await restartable();
  try {
    const args = process.argv.slice(2);
    const pytest = ['-m', 'pytest', '-p', 'no:cacheprovider', '-q', '--durations=5'];
    await run(join(bin, 'python'), [...pytest, ...(args.length === 0 ? ['tests'] : args)], service.variables);
  } finally {
    await service.end();
  }
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
