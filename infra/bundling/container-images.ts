import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type BundleFile, bundleEntry } from './bundle-entry.ts';
import { writeBundle } from './write-bundle.ts';

const rootDirectory = resolve(import.meta.dirname, '..', '..');

interface ImageSource {
  /** Copied as they are, a Dockerfile among them; relative to the root of the checkout. */
  readonly files: readonly string[];
  /** Bundled into `index.mjs`, where there is one. */
  readonly entryFile?: string;
}

/** What the image of each example container is built from, by the name of its job definition after the prefix. */
const imageSources = {
  'cpu-load': { files: ['examples/cpu-load/Dockerfile'], entryFile: 'examples/cpu-load/container.ts' },
  'python-batch': {
    files: [
      'examples/python-batch/Dockerfile',
      'examples/python-batch/attempt.py',
      'examples/python-batch/main.py',
    ],
  },
} as const satisfies Record<string, ImageSource>;

export type ImageName = keyof typeof imageSources;

/** The directory that each image is built from, absolute. */
export type ImageCode = Readonly<Record<ImageName, string>>;

export const imageNames = Object.keys(imageSources) as readonly ImageName[]; // keys of a const object

/**
 * Gathers what each image is built from in a directory of its own below the given one. The same source gives the same
 * bytes. Throws when a file does not exist or does not build.
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
  // The entries come from the same record, so every name is there.
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
