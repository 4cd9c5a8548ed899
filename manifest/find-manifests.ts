import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const skipped = ['node_modules', 'cdk.out'];

/**
 * The absolute or relative paths of all `service.json` files in a folder and the folders below it, sorted. Skips
 * `node_modules`, `cdk.out` and folders whose name begins with a dot, and follows no links.
 */
export function findManifests(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const found = entries
    .filter((entry) => entry.isFile() && entry.name === 'service.json')
    .map(({ name }) => join(folder, name));
  const folders = entries.filter(
    (entry) => entry.isDirectory() && !skipped.includes(entry.name) && !entry.name.startsWith('.'),
  );
  return [...found, ...folders.flatMap(({ name }) => findManifests(join(folder, name)))].sort();
}
