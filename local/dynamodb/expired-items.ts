import { isRecord, type JsonRecord } from '../json.ts';
import { openDatabase } from '../sqlite-store.ts';

/**
 * Records which items the expiry sweep deleted, so that their stream records can identify it as the cause.
 */
export interface ExpiredItems {
  /** Records a deletion before it is made. `item` contains the key. */
  note(tableName: string, item: ExpiredItem): void;
  /** Reports whether the sweep caused a REMOVE record, given its `dynamodb` member. */
  isExpiry(tableName: string, change: unknown): boolean;
  /** Deletes the entries from before this time. */
  forgetBefore(epochSeconds: number): void;
  close(): void;
}

/** An item whose time to live has passed. */
export interface ExpiredItem {
  readonly key: JsonRecord;
  /** Value of the time-to-live attribute. */
  readonly expiresAtEpochSeconds: number;
}

const tables = `
  CREATE TABLE IF NOT EXISTS expired (
    table_name TEXT NOT NULL, item_key TEXT NOT NULL, expires_at TEXT NOT NULL, noted_at INTEGER NOT NULL,
    PRIMARY KEY (table_name, item_key, expires_at)
  ) WITHOUT ROWID`;

/**
 * Opens the record of expired items. It is on disk, because stream records are read long after a sweep. An
 * entry matches by key and by expiry time, so that a new item with the same key is not mistaken for the
 * expired one.
 */
export function openExpiredItems(directory: string, attributes: ReadonlyMap<string, string>): ExpiredItems {
  const database = openDatabase({ directory, file: 'expired.db', tables });
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
