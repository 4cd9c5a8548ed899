#!/usr/bin/env node
/** `errand <command>` in a checkout of Errand: runs a program of `bin/` on the Node.js that the checkout has installed. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = join(dirname(fileURLToPath(import.meta.url)), '..');
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
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => program.kill(signal));
program.once('error', ({ message }) => {
  console.error(`Cannot run Node.js 24: ${message}. Run \`npm ci\` in ${checkout}`);
  process.exitCode = 1;
});
program.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128);
});

/** Node.js runs TypeScript from version 24 on; an older one has the newer one beside it. */
function nodePath() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  try {
    return join(
      dirname(createRequire(join(checkout, 'package.json')).resolve(`${name}/package.json`)),
      'bin',
      'node',
    );
  } catch {
    console.error(
      `Errand needs Node.js 24 or later; this is ${process.versions.node}, and ${name} is not installed. Install Node.js 24.`,
    );
    process.exit(1);
  }
}
