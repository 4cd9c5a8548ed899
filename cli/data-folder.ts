import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Returns the data folder of a command: `ERRAND_DATA_DIR`, otherwise the nearest `.errand` in the folder or above it, otherwise a new
 * `.errand` in the folder.
 * @returns absolute path
 */
export function dataFolder(
  start: string = process.cwd(),
  environment: NodeJS.ProcessEnv = process.env,
): string {
  if (environment['ERRAND_DATA_DIR']) return resolve(start, environment['ERRAND_DATA_DIR']);
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    const candidate = join(folder, '.errand');
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) return join(resolve(start), '.errand');
  }
}
