import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BundleFile } from './bundle-entry.ts';

/**
 * Makes a directory contain exactly these files. Files are written atomically, and equal files are not
 * touched, so that two builds of the same source may run concurrently. The parent directory contains
 * temporary files.
 */
export async function writeBundle(directory: string, files: readonly BundleFile[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const file of files) await writeAtomically(join(directory, file.name), file.contents);
  const expectedNames = new Set(files.map((file) => file.name));
  for (const name of await readdir(directory)) {
    if (!expectedNames.has(name)) await rm(join(directory, name), { recursive: true, force: true });
  }
}

async function writeAtomically(path: string, contents: Uint8Array): Promise<void> {
  if (await hasContents(path, contents)) return;
  // Not in the same directory: another build would remove the temporary file as a stale file.
  const temporaryPath = join(dirname(dirname(path)), `.draft-${randomUUID()}`);
  try {
    await writeFile(temporaryPath, contents);
    await rename(temporaryPath, path);
  } finally {
    await rm(temporaryPath, { force: true });
  }
}

async function hasContents(path: string, contents: Uint8Array): Promise<boolean> {
  try {
    return (await readFile(path)).equals(contents);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
