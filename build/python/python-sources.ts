import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const skippedFolders = ['node_modules', '__pycache__', 'test', 'tests', 'cdk.out'];
/** A copy of `service.json` would be another service for a search in the folders of the app. */
const skippedFiles = /^(?:test_.*\.py|.*_test\.py|conftest\.py|.*\.pyc|service\.json)$/;

/**
 * The files of a service in Python, relative to its folder and sorted: all except tests, caches, virtual environments,
 * `node_modules`, `service.json`, and what begins with a dot.
 */
export async function pythonSources(folder: string, below = ''): Promise<readonly string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
  const folders = entries.filter(
    (entry) =>
      entry.isDirectory() &&
      !entry.name.startsWith('.') &&
      !skippedFolders.includes(entry.name) &&
      // https://docs.python.org/3/library/venv.html
      !existsSync(join(folder, below, entry.name, 'pyvenv.cfg')),
  );
  const inFolders = await Promise.all(folders.map(({ name }) => pythonSources(folder, join(below, name))));
  const own = files.filter(({ name }) => !skippedFiles.test(name)).map(({ name }) => join(below, name));
  return [...own, ...inFolders.flat()].sort();
}
