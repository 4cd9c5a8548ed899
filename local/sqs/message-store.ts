import { randomUUID } from 'node:crypto';
import { openDatabase } from '../sqlite-store.ts';
import type { QueueSettings } from './queue-settings.ts';

/** A message as it is delivered to a receiver. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** JSON text of the message attributes as sent; `{}` without attributes. */
  readonly attributes: string;
  readonly sentAt: number;
  readonly firstReceivedAt: number;
  readonly receiveCount: number;
}

/** Number of messages by state. */
export interface MessageCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** Messages on disk. Every method is atomic. */
export interface MessageStore {
  /** Stores a message and returns its id. */
  send(
    queue: QueueSettings,
    message: { readonly body: string; readonly attributes: string; readonly delaySeconds: number },
  ): string;
  /**
   * Receives visible messages, oldest first, and hides them. Messages that were received too often are moved
   * to the dead-letter queue.
   */
  receive(
    queue: QueueSettings,
    options: { readonly limit: number; readonly visibilityTimeoutSeconds: number },
  ): readonly ReceivedMessage[];
  /** Deletes a message. Also succeeds for a message that no longer exists, as in SQS. */
  remove(queue: QueueSettings, receiptHandle: string): void;
  /** Returns false if no message in flight has this handle. */
  changeVisibility(queue: QueueSettings, receiptHandle: string, seconds: number): boolean;
  counts(queue: QueueSettings): MessageCounts;
  purge(queue: QueueSettings): void;
  /** Returns when the next hidden message becomes visible; undefined if no message is hidden. */
  nextVisibleAt(queue: QueueSettings): number | undefined;
  close(): void;
}

const tables = `
  CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    attributes TEXT NOT NULL, sent_at INTEGER NOT NULL, visible_at INTEGER NOT NULL,
    receive_count INTEGER NOT NULL DEFAULT 0, first_received_at INTEGER, receipt TEXT
  );
  CREATE INDEX IF NOT EXISTS visible ON messages (queue, visible_at);
  CREATE INDEX IF NOT EXISTS sent ON messages (queue, sent_at);
  CREATE INDEX IF NOT EXISTS receipts ON messages (receipt)`;

/** Opens the messages of all queues. Acknowledged messages survive the end of the process. */
export function openMessageStore(directory: string, queues: readonly QueueSettings[]): MessageStore {
  const database = openDatabase({ directory, file: 'messages.db', tables });
  const insert = database.prepare(
    'INSERT INTO messages (queue, id, body, attributes, sent_at, visible_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const visible = database.prepare(
    'SELECT * FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, number LIMIT ?',
  );
  const take = database.prepare(
    'UPDATE messages SET visible_at = ?, receipt = ?, receive_count = receive_count + 1, first_received_at = coalesce(first_received_at, ?) WHERE number = ? RETURNING *',
  );
  const moveAway = database.prepare(
    'UPDATE messages SET queue = ?, visible_at = ?, receipt = NULL, receive_count = 0, first_received_at = NULL WHERE number = ?',
  );
  const forget = database.prepare('DELETE FROM messages WHERE queue = ? AND sent_at < ?');
  const remove = database.prepare('DELETE FROM messages WHERE queue = ? AND receipt = ?');
  const changeVisibility = database.prepare(
    'UPDATE messages SET visible_at = ? WHERE queue = ? AND receipt = ? AND visible_at > ?',
  );
  const count = database.prepare(
    `SELECT coalesce(sum(visible_at <= ?1), 0) AS visible,
            coalesce(sum(visible_at > ?1 AND receipt IS NOT NULL), 0) AS in_flight,
            coalesce(sum(visible_at > ?1 AND receipt IS NULL), 0) AS delayed
     FROM messages WHERE queue = ?2`,
  );
  const purge = database.prepare('DELETE FROM messages WHERE queue = ?');
  const firstVisible = database.prepare('SELECT min(visible_at) AS at FROM messages WHERE queue = ?');
  const knownArns = new Set(queues.map((queue) => queue.arn));

  function dropExpired(queue: QueueSettings, now: number): void {
    forget.run(queue.arn, now - queue.retentionSeconds * 1000);
  }

  function receiveOne(
    queue: QueueSettings,
    now: number,
    visibilityTimeoutSeconds: number,
  ): ReceivedMessage | undefined {
    for (;;) {
      const next = visible.get(queue.arn, now, 1);
      if (next === undefined) return undefined;
      const { redrive } = queue;
      if (
        redrive &&
        Number(next['receive_count']) >= redrive.maxReceiveCount &&
        knownArns.has(redrive.targetArn)
      ) {
        moveAway.run(redrive.targetArn, now, Number(next['number']));
        continue;
      }
      const taken = take.get(
        now + visibilityTimeoutSeconds * 1000,
        randomUUID(),
        now,
        Number(next['number']),
      );
      return taken === undefined ? undefined : received(taken);
    }
  }

  return {
    send(queue, message) {
      const now = Date.now();
      const id = randomUUID();
      insert.run(queue.arn, id, message.body, message.attributes, now, now + message.delaySeconds * 1000);
      return id;
    },
    receive(queue, { limit, visibilityTimeoutSeconds }) {
      const now = Date.now();
      dropExpired(queue, now);
      const messages: ReceivedMessage[] = [];
      while (messages.length < limit) {
        // With a visibility timeout of 0, the same message would be received again at once.
        const message = receiveOne(queue, now, Math.max(visibilityTimeoutSeconds, 0.001));
        if (message === undefined) break;
        messages.push(message);
      }
      return messages;
    },
    remove(queue, receiptHandle) {
      remove.run(queue.arn, receiptHandle);
    },
    changeVisibility(queue, receiptHandle, seconds) {
      const now = Date.now();
      const { changes } = changeVisibility.run(now + seconds * 1000, queue.arn, receiptHandle, now);
      return changes > 0;
    },
    counts(queue) {
      const now = Date.now();
      dropExpired(queue, now);
      const row = count.get(now, queue.arn);
      return {
        visible: Number(row?.['visible']),
        inFlight: Number(row?.['in_flight']),
        delayed: Number(row?.['delayed']),
      };
    },
    purge(queue) {
      purge.run(queue.arn);
    },
    nextVisibleAt(queue) {
      const row = firstVisible.get(queue.arn);
      return typeof row?.['at'] === 'number' ? row['at'] : undefined;
    },
    close: () => database.close(),
  };
}

function received(row: Readonly<Record<string, unknown>>): ReceivedMessage {
  return {
    messageId: String(row['id']),
    receiptHandle: String(row['receipt']),
    body: String(row['body']),
    attributes: String(row['attributes']),
    sentAt: Number(row['sent_at']),
    firstReceivedAt: Number(row['first_received_at']),
    receiveCount: Number(row['receive_count']),
  };
}
