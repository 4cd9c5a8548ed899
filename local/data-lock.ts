import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Thrown when another process runs on the data folder. */
class DataFolderTakenError extends Error {
  override readonly name = 'DataFolderTakenError';
}

/**
 * Takes the data folder for this process. The lock is the operating system's own on a file, so it is gone with the
 * process, however that ends. Throws naming the process that holds it.
 * @returns how to give it back
 */
export function lockDataFolder(directory: string): () => void {
  const database = new DatabaseSync(join(directory, 'lock.sqlite'));
  const holder = join(directory, 'lock.pid');
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch {
    database.close();
    throw new DataFolderTakenError(
      `${directory} is in use by process ${readHolder(holder)}; stop it or name another folder`,
    );
  }
  writeFileSync(holder, String(process.pid));
  return () => database.close();
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return 'unknown';
  }
}
