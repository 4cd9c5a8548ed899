import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isRecord, type JsonRecord } from '../assembly/json.ts';

/** Remembers which items the expiry sweep deleted, so that their stream records can say so. */
export interface ExpiredItems {
  /** Notes a deletion before it is made. `item` holds the key. */
  note(tableName: string, item: ExpiredItem): void;
  /** Whether a REMOVE record (its `dynamodb` member) was made by the sweep. */
  isExpiry(tableName: string, change: unknown): boolean;
  /** Forgets notes from before this moment. */
  forgetBefore(epochSeconds: number): void;
  close(): void;
}

/** An item found past its time. */
export interface ExpiredItem {
  readonly key: JsonRecord;
  /** Value of the time-to-live attribute. */
  readonly expiresAtEpochSeconds: number;
}

/**
 * Opens the notes, on disk since records are read long after a sweep. A note matches by key and by the
 * time at which the item expired, so that an item made anew under the same key is not mistaken for it.
 */
export function openExpiredItems(directory: string, attributes: ReadonlyMap<string, string>): ExpiredItems {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, 'expired.db'));
  database.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS expired (
      table_name TEXT NOT NULL, item_key TEXT NOT NULL, expires_at TEXT NOT NULL, noted_at INTEGER NOT NULL,
      PRIMARY KEY (table_name, item_key, expires_at)
    ) WITHOUT ROWID`);
  const insert = database.prepare('INSERT OR REPLACE INTO expired VALUES (?, ?, ?, unixepoch())');
  const find = database.prepare(
    'SELECT 1 FROM expired WHERE table_name = ? AND item_key = ? AND expires_at = ?',
  );
  const forget = database.prepare('DELETE FROM expired WHERE noted_at < ?');
  return {
    note(tableName, item) {
      insert.run(tableName, keyText(item.key), String(item.expiresAtEpochSeconds));
    },
    isExpiry(tableName, change) {
      const attribute = attributes.get(tableName);
      if (attribute === undefined || !isRecord(change) || !isRecord(change['Keys'])) return false;
      const image = isRecord(change['OldImage']) ? change['OldImage'] : {};
      const value = image[attribute];
      const expiresAt = isRecord(value) ? Number(value['N']) : Number.NaN;
      return find.get(tableName, keyText(change['Keys']), String(expiresAt)) !== undefined;
    },
    forgetBefore(epochSeconds) {
      forget.run(epochSeconds);
    },
    close: () => database.close(),
  };
}

function keyText(key: JsonRecord): string {
  return JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)));
}
