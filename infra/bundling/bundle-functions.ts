import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleEntry, type LazyBuilds } from './bundle-entry.ts';
import { docsContent } from './docs-content.ts';
import type { FunctionCode } from './function-entries.ts';
import { functionEntries } from './function-entries.ts';
import { writeBundle } from './write-bundle.ts';

const rootDirectory = resolve(import.meta.dirname, '..', '..');

/** Each build uses up to 150 MB. All builds at the same time would need 1 GB, and a fifth more processor time. */
const concurrentBuilds = Math.max(2, availableParallelism());

/**
 * Bundles every function into its own subdirectory and returns the directories. The same source produces
 * the same bytes. Throws when a function does not exist or cannot be built.
 */
export async function bundleFunctions(
  outputDirectory = join(rootDirectory, '.build/functions'),
): Promise<FunctionCode> {
  const lazyBuilds: LazyBuilds = new Map();
  const waiting = Object.entries(functionEntries);
  const directories: Record<string, string> = {};
  const bundleNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, entryFile] = next;
      const directory = join(outputDirectory, name);
      const files = await bundleEntry({ rootDirectory, entryFile }, lazyBuilds);
      await writeBundle(directory, name === 'docs' ? [...files, await docsContent()] : files);
      directories[name] = directory;
    }
  };
  await Promise.all(Array.from({ length: concurrentBuilds }, bundleNext));
  // The entries come from the same record, so every name is present.
  return directories as FunctionCode;
}
