import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const manifests = ['package.json', 'package-lock.json'];

/**
 * Installs the packages of a folder's package-lock.json below `.build`, once per content of the file, and returns the folder that
 * contains `node_modules`. For tools that the project needs for one check only. Throws when a package cannot be installed.
 */
export function nodeEnvironment(source: string): string {
  const lock = readFileSync(join(source, 'package-lock.json'));
  const folder = join(root, '.build', 'node', createHash('sha256').update(lock).digest('hex').slice(0, 16));
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const name of manifests) copyFileSync(join(source, name), join(folder, name));
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: 'inherit',
    });
    writeFileSync(complete, '');
  }
  return folder;
}
