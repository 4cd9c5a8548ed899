import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type BundleFile, bundleEntry } from './bundle-entry.ts';
import { writeBundle } from './write-bundle.ts';

const rootDirectory = resolve(import.meta.dirname, '..', '..');

interface ImageSource {
  /** Files to copy, including a Dockerfile; relative to the root of the checkout. */
  readonly files: readonly string[];
  /** The entry file that is bundled into `index.mjs`, if any. */
  readonly entryFile?: string;
}

/**
 * The sources of the image of each example container, by the name of its job definition without the prefix.
 */
const imageSources = {
  'cpu-load': { files: ['examples/cpu-load/Dockerfile'], entryFile: 'examples/cpu-load/container.ts' },
  'python-batch': {
    files: [
      'examples/python-batch/Dockerfile',
      'examples/python-batch/attempt.py',
      'examples/python-batch/data.py',
      'examples/python-batch/main.py',
    ],
  },
} as const satisfies Record<string, ImageSource>;

export type ImageName = keyof typeof imageSources;

/** The directory that each image is built from, absolute. */
export type ImageCode = Readonly<Record<ImageName, string>>;

export const imageNames = Object.keys(imageSources) as readonly ImageName[]; // keys of a const object

/**
 * Collects the build context of each image in its own subdirectory. The same source produces the same
 * bytes. Throws when a file does not exist or cannot be built.
 */
export async function gatherImages(
  outputDirectory = join(rootDirectory, '.build/images'),
): Promise<ImageCode> {
  const directories = await Promise.all(
    Object.entries<ImageSource>(imageSources).map(async ([name, source]) => {
      const directory = join(outputDirectory, name);
      await writeBundle(directory, await filesOf(source));
      return [name, directory] as const;
    }),
  );
  // The entries come from the same record, so every name is present.
  return Object.fromEntries(directories) as ImageCode;
}

async function filesOf({ files, entryFile }: ImageSource): Promise<readonly BundleFile[]> {
  const copied = await Promise.all(
    files.map(async (file) => ({
      name: basename(file),
      contents: await readFile(join(rootDirectory, file)),
      loadedAtStart: true,
    })),
  );
  return entryFile === undefined ? copied : [...copied, ...(await bundleEntry({ rootDirectory, entryFile }))];
}
