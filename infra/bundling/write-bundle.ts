import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BundleFile } from './bundle-entry.ts';

/**
 * Makes a directory contain exactly these files. Files are written atomically, and equal files are not
 * touched, so that two builds of the same source may run at once. The parent directory contains temporary
 * files.
 */
export async function writeBundle(directory: string, files: readonly BundleFile[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const file of files) await writeWhole(join(directory, file.name), file.contents);
  const wanted = new Set(files.map((file) => file.name));
  for (const name of await readdir(directory)) {
    if (!wanted.has(name)) await rm(join(directory, name), { recursive: true, force: true });
  }
}

async function writeWhole(path: string, contents: Uint8Array): Promise<void> {
  if (await holds(path, contents)) return;
  // Not in the same directory: another build would remove the temporary file as a stale file.
  const draft = join(dirname(dirname(path)), `.draft-${randomUUID()}`);
  try {
    await writeFile(draft, contents);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

async function holds(path: string, contents: Uint8Array): Promise<boolean> {
  try {
    return (await readFile(path)).equals(contents);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
