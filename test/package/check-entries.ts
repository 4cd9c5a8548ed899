import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { packageProgram } from '../../bin/package-program.ts';

/**
 * Checks the entries of a packed package with publint and attw: each file exists, and TypeScript and Node.js find the same module
 * for it. The package has only ES modules: Node.js 22.12 and later load them with `require`, too. Throws at the first finding.
 */
export function checkEntries(tarball: string): void {
  run(packageProgram('publint', 'publint'), ['run', tarball, '--strict']);
  run(packageProgram('@arethetypeswrong/cli', 'attw'), [tarball, '--profile', 'esm-only', '--no-emoji']);
}

function run(program: string, options: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...options], { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
}
