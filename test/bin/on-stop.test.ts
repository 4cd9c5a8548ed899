import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { isRunning, until } from '../../local/test/fixture/until.ts';

const program = join(import.meta.dirname, 'fixture', 'stops-once.ts');

/** Starts the program as npm does. */
async function started(command: string, ...options: readonly string[]) {
  const child = spawn(command, options, {
    env: { ...process.env, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const pid = Number(await until('the program runs', () => lines[0]));
  onTestFinished(() => void (isRunning(pid) && process.kill(pid, 'SIGKILL')));
  return { child, lines, pid };
}

test('a second signal does not interrupt the stop', async () => {
  const { child, lines } = await started(process.execPath, program);
  const closed = once(child, 'close');
  child.kill('SIGINT');
  await until('the program stops', () => lines.includes('stop'));
  child.kill('SIGINT');
  child.kill('SIGTERM');
  expect(await closed).toEqual([0, null]);
  expect(lines.slice(1)).toEqual(['stop']);
});

test('a program that npm started stops when npm is killed', async () => {
  const { child, lines, pid } = await started('sh', '-c', '"$0" "$1" & wait', process.execPath, program);
  child.kill('SIGKILL');
  await until('the program has ended', () => !isRunning(pid));
  expect(lines.slice(1)).toEqual(['stop']);
});
