#!/usr/bin/env node
/**
 * `exec node <file>` in package scripts on Windows, whose shell has no such command: runs the program and exits
 * with its code. In other shells, `exec` replaces the shell, so that Node.js receives the signals of npm.
 */
import { spawn } from 'node:child_process';

const [program = 'node', ...options] = process.argv.slice(2);
const child = spawn(program === 'node' ? process.execPath : program, options, { stdio: 'inherit' });
// Ctrl-C reaches the program itself, which takes some time to stop.
process.on('SIGINT', () => undefined);
child.once('error', ({ message }) => {
  console.error(`Cannot run ${program}: ${message}`);
  process.exitCode = 1;
});
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
