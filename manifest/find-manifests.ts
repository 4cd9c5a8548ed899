import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The absolute or relative paths of all `service.json` files in a folder and the folders below it, sorted. Skips
 * `node_modules` and folders whose name begins with a dot, and follows no links.
 */
export function findManifests(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const found = entries
    .filter((entry) => entry.isFile() && entry.name === 'service.json')
    .map(({ name }) => join(folder, name));
  const folders = entries.filter(
    (entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'),
  );
  return [...found, ...folders.flatMap(({ name }) => findManifests(join(folder, name)))].sort();
}
