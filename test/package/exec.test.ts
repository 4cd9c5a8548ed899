import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** Runs a command as the shell of Windows finds it: as a program. */
function run(...command: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'package', 'exec.js'), ...command],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

test('the program exec runs Node.js and exits with its code', () => {
  const script = 'console.log(process.argv[1]); process.exit(3)';
  expect(run('node', '-e', script, 'a b')).toEqual({ status: 3, stdout: 'a b\n', stderr: '' });
});

test('the program exec states why a program cannot run', () => {
  expect(run('no-such-program')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'Cannot run no-such-program: spawn no-such-program ENOENT\n',
  });
});

test('npm links the program exec for package scripts', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly bin?: unknown }>>;
  };
  expect(lock.packages['package']?.bin).toMatchObject({ exec: 'exec.js' });
});
