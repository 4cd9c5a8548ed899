import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { inTransaction, openDatabase } from '../sqlite-store.ts';
import { parseHeaders } from './object-headers.ts';

/** The metadata of an object. */
export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  /** Name of the file with the object's bytes. */
  readonly blob: string;
  readonly sizeBytes: number;
  /** ETag without quotes. */
  readonly etag: string;
  readonly modifiedAt: number;
  /** Headers that are returned with the object, such as `content-type` and `x-amz-meta-...`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A page of keys in UTF-8 order. */
export interface KeyRange {
  readonly bucket: string;
  readonly prefix: string;
  /** Only keys after this one are returned. */
  readonly after: string;
  readonly limit: number;
}

/** Objects on disk: bytes in files, metadata in SQLite, which also makes each change atomic. */
export interface ObjectStore {
  /** Returns the absolute path of an object's bytes. */
  blobPath(blob: string): string;
  /**
   * Writes bytes to a new file and returns its name; no object refers to the file yet. If a chunk cannot be read or
   * written, there is no file.
   */
  writeBlob(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string>;
  removeBlob(blob: string): void;
  find(bucket: string, key: string): StoredObject | undefined;
  list(range: KeyRange): readonly StoredObject[];
  /**
   * Stores an object, replacing any earlier one. `permit` receives the earlier object and may throw to keep it. `also`
   * makes further writes that happen together with it or not at all.
   */
  replace(object: StoredObject, permit: (present: StoredObject | undefined) => void, also?: () => void): void;
  remove(bucket: string, key: string, permit: (present: StoredObject | undefined) => void): void;
  /** The database of the store, also for data that belongs to objects. */
  readonly database: DatabaseSync;
  close(): void;
}

const tables = `
  CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, blob TEXT NOT NULL, size_bytes INTEGER NOT NULL, etag TEXT NOT NULL,
    modified_at INTEGER NOT NULL, headers TEXT NOT NULL, PRIMARY KEY (bucket, key)
  ) WITHOUT ROWID`;

/**
 * Opens the store. Acknowledged writes survive the end of the process. Files that a crash left without an
 * object are removed before anything is written.
 */
export function openObjectStore(directory: string): ObjectStore {
  const blobs = join(directory, 'blobs');
  mkdirSync(blobs, { recursive: true });
  const database = openDatabase({ directory, file: 'objects.db', tables });
  // A replaced file is deleted after the commit, which must therefore also survive a failure of the machine.
  database.exec('PRAGMA synchronous = FULL');
  const byKey = database.prepare('SELECT * FROM objects WHERE bucket = ? AND key = ?');
  const upsert = database.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)');
  const drop = database.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?');
  const page = database.prepare(
    'SELECT * FROM objects WHERE bucket = ? AND key > ? AND key >= ? AND key < ? ORDER BY key LIMIT ?',
  );

  const blobPath = (blob: string) => join(blobs, blob);
  const removeBlob = (blob: string) => rmSync(blobPath(blob), { force: true });
  const find = (bucket: string, key: string) => storedObject(byKey.get(bucket, key));

  return {
    database,
    blobPath,
    removeBlob,
    find,
    async writeBlob(chunks) {
      const blob = randomUUID();
      const file = await open(blobPath(blob), 'wx');
      try {
        for await (const chunk of chunks) await file.writeFile(chunk);
        await file.sync();
        await file.close();
        return blob;
      } catch (error) {
        await file.close();
        removeBlob(blob);
        throw error;
      }
    },
    list({ bucket, prefix, after, limit }) {
      const rows = page.all(bucket, after, prefix, `${prefix}\u{10ffff}`, limit);
      return rows.flatMap((row) => storedObject(row) ?? []);
    },
    replace(object, permit, also = () => {}) {
      const present = find(object.bucket, object.key);
      permit(present);
      inTransaction(database, () => {
        upsert.run(...row(object));
        also();
      });
      if (present !== undefined) removeBlob(present.blob);
    },
    remove(bucket, key, permit) {
      const present = find(bucket, key);
      permit(present);
      if (present === undefined) return;
      drop.run(bucket, key);
      removeBlob(present.blob);
    },
    close: () => database.close(),
  };
}

/** Deletes the files in the store that neither `owned` nor any object refers to. */
export function removeStrayBlobs(store: ObjectStore, owned: ReadonlySet<string>): void {
  const inUse = new Set(
    store.database
      .prepare('SELECT blob FROM objects')
      .all()
      .map((each) => String(each['blob'])),
  );
  for (const blob of readdirSync(store.blobPath('.'))) {
    if (!owned.has(blob) && !inUse.has(blob)) store.removeBlob(blob);
  }
}

function row(object: StoredObject): SQLInputValue[] {
  const { bucket, key, blob, sizeBytes, etag, modifiedAt, headers } = object;
  return [bucket, key, blob, sizeBytes, etag, modifiedAt, JSON.stringify(headers)];
}

function storedObject(found: Record<string, unknown> | undefined): StoredObject | undefined {
  if (found === undefined) return undefined;
  return {
    bucket: String(found['bucket']),
    key: String(found['key']),
    blob: String(found['blob']),
    sizeBytes: Number(found['size_bytes']),
    etag: String(found['etag']),
    modifiedAt: Number(found['modified_at']),
    headers: parseHeaders(String(found['headers'])),
  };
}
