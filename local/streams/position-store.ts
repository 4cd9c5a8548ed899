import { openDatabase } from '../sqlite-store.ts';

/** Position of a mapping in its stream. */
export interface StreamPosition {
  /** Start of the next page, in the reader's own format; empty at the start of the stream. */
  readonly after: string;
  /** Last settled sequence number within that page, if any. */
  readonly settled?: string;
}

/** Durable storage of positions by mapping. */
export interface PositionStore {
  load(key: string): StreamPosition | undefined;
  save(key: string, position: StreamPosition): void;
  close(): void;
}

const tables =
  'CREATE TABLE IF NOT EXISTS position (mapping TEXT PRIMARY KEY, after TEXT NOT NULL, settled TEXT)';

/** Opens or creates the store in a directory of its own. */
export function openPositionStore(directory: string): PositionStore {
  const database = openDatabase({ directory, file: 'positions.sqlite', tables });
  const load = database.prepare('SELECT after, settled FROM position WHERE mapping = ?');
  const save = database.prepare('INSERT OR REPLACE INTO position (mapping, after, settled) VALUES (?, ?, ?)');
  return {
    load: (key) => {
      const row = load.get(key);
      if (row === undefined) return undefined;
      return {
        after: String(row['after']),
        ...(row['settled'] === null ? {} : { settled: String(row['settled']) }),
      };
    },
    save: (key, position) => {
      save.run(key, position.after, position.settled ?? null);
    },
    close: () => database.close(),
  };
}
