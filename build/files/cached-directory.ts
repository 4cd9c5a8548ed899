import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * Where installed packages are kept for all services of a user, unless a build names another directory.
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
export const defaultCacheDirectory = join(
  process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'),
  'errand',
);

/**
 * Returns a directory that `fill` has filled once, in this process or in another. A crash or an error leaves no directory
 * that is partly filled, and if two processes fill it at the same time, both use the first result.
 */
export async function cachedDirectory(
  directory: string,
  fill: (draft: string) => Promise<void>,
): Promise<string> {
  if (existsSync(directory)) return directory;
  const parent = dirname(directory);
  const draft = join(parent, `.draft-${randomUUID()}`);
  await mkdir(draft, { recursive: true });
  await removeOldDrafts(parent);
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

/** No installation takes as long as this, so the process of an older draft was killed. */
const maxDraftAgeMs = 24 * 3_600_000;

async function removeOldDrafts(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    // Another process may remove it at the same time.
    const changedAt = name.startsWith('.draft-')
      ? (await stat(path).catch(() => undefined))?.mtimeMs
      : undefined;
    if (changedAt !== undefined && changedAt < Date.now() - maxDraftAgeMs)
      await rm(path, { recursive: true, force: true });
  }
}
