import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { inheritedPath } from '../../processes/inherited-path.ts';
import { spawnBound } from '../../processes/spawn-bound.ts';
import { isRunning, until } from '../fixture/until.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';

/**
 * Starts a program in a process of its own and kills that process when the program has written `ready`. Waits for
 * the end of the program and returns whether it has written `asked`.
 */
async function killParentOf(script: string, graceMs: number): Promise<boolean> {
  const directory = temporaryDirectory();
  const program = join(import.meta.dirname, 'fixture', 'bound-parent.ts');
  const command = ['sh', '-c', `cd ${directory}; ${script}`];
  const parent = spawn(process.execPath, [program, String(graceMs), ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  await until('the program is ready', () => existsSync(join(directory, 'ready')));
  parent.kill('SIGKILL');
  await until('the program has ended', () => !isRunning(Number(line)));
  return existsSync(join(directory, 'asked'));
}

const waits = 'touch ready; while :; do sleep 0.05; done';

describe('a program whose parent is killed', () => {
  test('is killed at once if it has no grace', async () => {
    expect(await killParentOf(`trap 'touch asked; exit' TERM; ${waits}`, 0)).toBe(false);
  });

  test('receives SIGTERM first if it has a grace', async () => {
    expect(await killParentOf(`trap 'touch asked; exit' TERM; ${waits}`, 60_000)).toBe(true);
  });

  test('is killed after its grace if it ignores SIGTERM', async () => {
    expect(await killParentOf(`trap '' TERM; ${waits}`, 300)).toBe(false);
  });
});

function started(script: string, platform?: NodeJS.Platform) {
  const program = spawnBound(
    { command: [process.execPath, '-e', script], environment: inheritedPath(), graceMs: 0 },
    platform,
  );
  onTestFinished(() => program.kill());
  return program;
}

/** On Windows no shell runs; that part also works here, except for the job object. */
describe.each(['linux', 'win32'] as const)('a program on %s', (platform) => {
  test('ends with its exit code', async () => {
    expect(await started('process.exit(3)', platform).ended).toEqual({ exitCode: 3 });
  });

  test('writes its errors to a pipe', async () => {
    const { errors } = started('console.error("broken")', platform);
    expect(await errors?.setEncoding('utf8').toArray()).toEqual(['broken\n']);
  });

  test.each(['terminate', 'kill', 'end'] as const)('ends after %s', async (end) => {
    const program = started('console.error("ready"); setInterval(() => {}, 1000)', platform);
    if (program.errors !== null) await once(program.errors, 'data');
    program[end]();
    const byTerm = end === 'terminate' && platform === 'linux';
    expect(await program.ended).toEqual(
      byTerm ? { exitCode: 143, signal: 'SIGTERM' } : { exitCode: 137, signal: 'SIGKILL' },
    );
    expect(() => program.kill()).not.toThrow();
  });
});

test('on Windows, a program that does not exist is reported as the reason why it did not start', async () => {
  const program = spawnBound({ command: ['no-such-program'], environment: {}, graceMs: 0 }, 'win32');
  expect(await program.ended).toEqual({ failure: 'spawn no-such-program ENOENT' });
  expect(() => program.kill()).not.toThrow();
});

test('on Windows, the processes that a program started are killed with it', async () => {
  const directory = temporaryDirectory();
  const record = join(directory, 'record');
  writeFileSync(join(directory, 'taskkill'), `#!/bin/sh\necho "$@" > ${record}\nkill -9 "$2"\n`, {
    mode: 0o700,
  });
  vi.stubEnv('PATH', [directory, process.env['PATH']].join(delimiter));
  onTestFinished(() => void vi.unstubAllEnvs());
  const program = started('setInterval(() => {}, 1000)', 'win32');
  program.kill();
  expect(await program.ended).toEqual({ exitCode: 137, signal: 'SIGKILL' });
  expect(readFileSync(record, 'utf8')).toBe(`/pid ${program.pid} /t /f\n`);
});

test('a program inherits the PATH of this process, after the given folder', () => {
  expect(inheritedPath('first')).toEqual({ PATH: ['first', process.env['PATH']].join(delimiter) });
  vi.stubEnv('PATH', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(inheritedPath('first')).toEqual({ PATH: 'first' });
  expect(inheritedPath()).toEqual({});
});
