import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';

const skipped = ['node_modules', 'cdk.out'];
const unreadable = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'];

/**
 * The absolute or relative paths of all `service.json` files in a folder and the folders below it, sorted. Skips
 * `node_modules`, `cdk.out` and folders whose name begins with a dot, and follows no links. A folder that is deleted meanwhile or cannot be read has none.
 */
export function findManifests(folder: string): string[] {
  const entries = entriesOf(folder);
  const found = entries
    .filter((entry) => entry.isFile() && entry.name === 'service.json')
    .map(({ name }) => join(folder, name));
  const folders = entries.filter(
    (entry) => entry.isDirectory() && !skipped.includes(entry.name) && !entry.name.startsWith('.'),
  );
  return [...found, ...folders.flatMap(({ name }) => findManifests(join(folder, name)))].sort();
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && unreadable.includes(String(error.code))) return [];
    throw error;
  }
}
