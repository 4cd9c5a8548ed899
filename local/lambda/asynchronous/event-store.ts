import { openDatabase } from '../../sqlite-store.ts';

/** An event that was accepted for asynchronous processing, as stored on disk. */
export interface StoredEvent {
  readonly requestId: string;
  readonly functionName: string;
  /** JSON text. */
  readonly payload: string;
  readonly acceptedEpochMilliseconds: number;
  readonly dueEpochMilliseconds: number;
  /** Number of runs that ended in an error. */
  readonly failures: number;
  /** Number of runs that were refused because of a concurrency limit, or of failed deliveries. */
  readonly delays: number;
  /** Set when the event needs no further run: the deliveries that are still to be made. */
  readonly deliveries: readonly PendingDelivery[];
}

/** A record that a destination has not received yet. */
export interface PendingDelivery {
  readonly targetArn: string;
  readonly payload: string;
}

/** Events by request id. Data written by `put` survives the end of the process at any time. */
export interface EventStore {
  put(event: StoredEvent): void;
  remove(requestId: string): void;
  /** Returns the events ordered by the time at which they are due. */
  all(): readonly StoredEvent[];
  close(): void;
}

const tables = 'CREATE TABLE IF NOT EXISTS events (request_id TEXT PRIMARY KEY, event TEXT NOT NULL) STRICT';

/** Opens or creates the store in a directory of its own. */
export function openEventStore(directory: string): EventStore {
  const database = openDatabase({ directory, file: 'events.sqlite', tables });
  const insert = database.prepare('INSERT OR REPLACE INTO events (request_id, event) VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM events WHERE request_id = ?');
  const select = database.prepare('SELECT event FROM events');
  return {
    put: (event) => void insert.run(event.requestId, JSON.stringify(event)),
    remove: (requestId) => void remove.run(requestId),
    all: () =>
      select
        .all()
        // Safe cast: only `put` above writes this column.
        .map((row) => JSON.parse(String(row['event'])) as StoredEvent)
        .sort((left, right) => left.dueEpochMilliseconds - right.dueEpochMilliseconds),
    close: () => {
      if (database.isOpen) database.close();
    },
  };
}
