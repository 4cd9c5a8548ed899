import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Where a store is: a directory of its own, the name of the file in it, and the SQL that creates its tables. */
export interface StoreFile {
  readonly directory: string;
  readonly file: string;
  readonly tables: string;
}

/**
 * Opens or creates the database of a store. A write is durable when its statement returns, even if the process
 * is killed: with a write-ahead log, `synchronous = NORMAL` can lose writes only if the machine fails.
 */
export function openDatabase({ directory, file, tables }: StoreFile): DatabaseSync {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, file), { timeout: 5000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  database.exec(tables);
  return database;
}

/** Makes all writes of `write`, or none of them if it throws. */
export function inTransaction<T>(database: DatabaseSync, write: () => T): T {
  database.exec('BEGIN');
  try {
    const result = write();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
