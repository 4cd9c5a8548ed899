import { inTransaction, openDatabase } from '../sqlite-store.ts';

/** A payload that is to be delivered to a target of a rule. */
export interface PendingDelivery {
  readonly id: number;
  readonly ruleArn: string;
  readonly targetId: string;
  /** JSON text for the target. */
  readonly payload: string;
  /** JSON text of the complete event, for the dead-letter queue. */
  readonly event: string;
  readonly acceptedAtMs: number;
  /** Number of failed deliveries. */
  readonly failures: number;
}

/**
 * Durable storage of deliveries. An accepted delivery survives a kill of the process until it succeeds or is
 * abandoned.
 */
export interface DeliveryStore {
  /** Stores all deliveries or none, and returns them with their ids. */
  add(deliveries: ReadonlyArray<Omit<PendingDelivery, 'id' | 'failures'>>): readonly PendingDelivery[];
  recordFailure(id: number): void;
  remove(id: number): void;
  /** Returns all deliveries, oldest first. */
  pending(): readonly PendingDelivery[];
  close(): void;
}

const tables = `
  CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY, rule TEXT NOT NULL, target TEXT NOT NULL, payload TEXT NOT NULL, event TEXT NOT NULL,
    accepted INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0
  );`;

/** Opens or creates the store in a directory of its own. */
export function openDeliveryStore(directory: string): DeliveryStore {
  const database = openDatabase({ directory, file: 'deliveries.sqlite', tables });
  const insert = database.prepare(
    'INSERT INTO delivery (rule, target, payload, event, accepted) VALUES (?, ?, ?, ?, ?)',
  );
  const fail = database.prepare('UPDATE delivery SET failures = failures + 1 WHERE id = ?');
  const remove = database.prepare('DELETE FROM delivery WHERE id = ?');
  const all = database.prepare('SELECT * FROM delivery ORDER BY id');
  return {
    add: (deliveries) =>
      inTransaction(database, () =>
        deliveries.map((delivery) => {
          const { lastInsertRowid } = insert.run(
            delivery.ruleArn,
            delivery.targetId,
            delivery.payload,
            delivery.event,
            delivery.acceptedAtMs,
          );
          return { ...delivery, id: Number(lastInsertRowid), failures: 0 };
        }),
      ),
    recordFailure: (id) => {
      fail.run(id);
    },
    remove: (id) => {
      remove.run(id);
    },
    pending: () => all.all().map(fromRow),
    close: () => database.close(),
  };
}

function fromRow(row: Record<string, unknown>): PendingDelivery {
  return {
    id: Number(row['id']),
    ruleArn: String(row['rule']),
    targetId: String(row['target']),
    payload: String(row['payload']),
    event: String(row['event']),
    acceptedAtMs: Number(row['accepted']),
    failures: Number(row['failures']),
  };
}
