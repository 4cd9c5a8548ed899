import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where installed packages are kept for all services of a user, unless a build names another directory. */
export const defaultCacheDirectory = join(homedir(), '.cache', 'errand');

/**
 * Returns a directory that `fill` has filled once, in this process or in another. A crash or an error leaves no directory
 * that is partly filled, and if two processes fill it at the same time, both use the first result.
 */
export async function cachedDirectory(
  directory: string,
  fill: (draft: string) => Promise<void>,
): Promise<string> {
  if (existsSync(directory)) return directory;
  const draft = join(dirname(directory), `.draft-${randomUUID()}`);
  await mkdir(draft, { recursive: true });
  try {
    await fill(draft);
    await rename(draft, directory).catch((error: unknown) => {
      if (!existsSync(directory)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return directory;
}
