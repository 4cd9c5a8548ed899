import { chmodSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/**
 * Creates a folder that only its owner can access. Afterwards, this process, its threads and its children
 * create files for their owner only, including those that SQLite creates next to its own. A thread cannot set
 * this for its process. Windows ignores these modes: there, the access rules of the folder above apply.
 */
export function makePrivateFolder(directory: string): void {
  if (isMainThread) process.umask(0o077);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
}

/**
 * Removes the permissions of all other users from files of an earlier version in the folder, given their
 * names.
 */
export function makePrivate(directory: string, names: readonly string[]): void {
  for (const name of readdirSync(directory)) if (names.includes(name)) restrict(join(directory, name));
}

function restrict(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  if ((stat.mode & 0o077) !== 0) chmodSync(path, stat.mode & 0o700);
  if (stat.isDirectory()) for (const name of readdirSync(path)) restrict(join(path, name));
}
