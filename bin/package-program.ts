import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const packages = join(import.meta.dirname, '..', 'node_modules');

/**
 * Returns the absolute path of a JavaScript program in an installed package, for `process.execPath`. The links
 * in `node_modules/.bin` are scripts on Windows, which cannot be started without a shell. Throws if the package
 * has no such program.
 */
export function packageProgram(packageName: string, program: string): string {
  const manifest = join(packages, packageName, 'package.json');
  const { bin = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin?: Record<string, string> };
  const file = bin[program];
  if (file === undefined) throw new Error(`The package ${packageName} has no program ${program}`);
  return join(packages, packageName, file);
}
