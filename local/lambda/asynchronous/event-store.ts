import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** An event that was accepted for later, as it is kept on disk. */
export interface StoredEvent {
  readonly requestId: string;
  readonly functionName: string;
  /** JSON text. */
  readonly payload: string;
  readonly acceptedEpochMilliseconds: number;
  readonly dueEpochMilliseconds: number;
  /** Runs that ended in an error. */
  readonly failures: number;
  /** Runs that were refused for want of concurrency, or deliveries that failed. */
  readonly delays: number;
  /** Set once the event has run its course: what is still to be told, and to whom. */
  readonly deliveries: readonly PendingDelivery[];
}

/** A record that a destination did not receive yet. */
export interface PendingDelivery {
  readonly targetArn: string;
  readonly payload: string;
}

/** Events by request id. What `put` wrote survives the end of the process at any moment. */
export interface EventStore {
  put(event: StoredEvent): void;
  remove(requestId: string): void;
  /** Events in the order in which they are due. */
  all(): readonly StoredEvent[];
  close(): void;
}

/** Opens or creates a store in a file, and the file's directory. */
export function openEventStore(path: string): EventStore {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  database.exec(
    'CREATE TABLE IF NOT EXISTS events (request_id TEXT PRIMARY KEY, event TEXT NOT NULL) STRICT',
  );
  const insert = database.prepare('INSERT OR REPLACE INTO events (request_id, event) VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM events WHERE request_id = ?');
  const select = database.prepare('SELECT event FROM events');
  return {
    put: (event) => void insert.run(event.requestId, JSON.stringify(event)),
    remove: (requestId) => void remove.run(requestId),
    all: () =>
      select
        .all()
        // Only `put` above writes this column.
        .map((row) => JSON.parse(String(row['event'])) as StoredEvent)
        .sort((left, right) => left.dueEpochMilliseconds - right.dueEpochMilliseconds),
    close: () => {
      if (database.isOpen) database.close();
    },
  };
}
