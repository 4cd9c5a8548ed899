import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

/**
 * Installs the packages of a requirements file, each with its version and hashes, into a virtual environment below `.build`,
 * once per content of the file, and returns the folder of its programs. Needs python3 (3.11 or later) with pip. Throws
 * when a package cannot be installed.
 */
export function pythonEnvironment(requirementsFile: string): string {
  const digest = createHash('sha256').update(readFileSync(requirementsFile)).digest('hex').slice(0, 16);
  const folder = join(root, '.build', 'python', digest);
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    rmSync(folder, { recursive: true, force: true });
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes'];
    execFileSync(join(folder, 'bin/python'), [...install, '-r', requirementsFile], { stdio: 'inherit' });
    writeFileSync(complete, '');
  }
  return join(folder, 'bin');
}
