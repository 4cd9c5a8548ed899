import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Thrown if another process uses the data folder. */
class DataFolderTakenError extends Error {
  override readonly name = 'DataFolderTakenError';
}

/**
 * Locks the data folder for this process. The operating system holds the lock on a file, so it is released
 * when the process ends for any reason. Throws an error that names the process that holds the lock.
 * @returns a function that releases the lock
 */
export function lockDataFolder(directory: string): () => void {
  const database = new DatabaseSync(join(directory, 'lock.sqlite'));
  const pidFile = join(directory, 'lock.pid');
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
  } catch {
    database.close();
    throw new DataFolderTakenError(
      `${directory} is in use by process ${readPid(pidFile)}; stop that process or choose another data folder`,
    );
  }
  writeFileSync(pidFile, String(process.pid));
  return () => database.close();
}

function readPid(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return 'unknown';
  }
}
