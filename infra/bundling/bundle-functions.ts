import { join, resolve } from 'node:path';
import { bundleEntry } from './bundle-entry.ts';
import type { FunctionCode } from './function-entries.ts';
import { functionEntries } from './function-entries.ts';
import { writeBundle } from './write-bundle.ts';

const rootDirectory = resolve(import.meta.dirname, '..', '..');

/**
 * Bundles every function into its own subdirectory and returns the directories. The same source produces
 * the same bytes. Throws when a function does not exist or cannot be built.
 */
export async function bundleFunctions(
  outputDirectory = join(rootDirectory, '.build/functions'),
): Promise<FunctionCode> {
  const directories = await Promise.all(
    Object.entries(functionEntries).map(async ([name, entryFile]) => {
      const directory = join(outputDirectory, name);
      await writeBundle(directory, await bundleEntry({ rootDirectory, entryFile }));
      return [name, directory] as const;
    }),
  );
  // The entries come from the same record, so every name is present.
  return Object.fromEntries(directories) as FunctionCode;
}
