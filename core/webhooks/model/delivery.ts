import { type DeliveryStatus, deliveryIdPattern } from '../../contract/schemas/webhook-schemas.ts';

/** One attempt to deliver an event. */
export interface DeliveryAttempt {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly durationMs: number;
  /** Status code of the response; absent if there was none. */
  readonly status?: number;
  /** Why there was no response. */
  readonly error?: string;
  /** The beginning of the response body, at most 1,024 bytes. */
  readonly answer?: string;
}

/** The delivery of one event to one webhook, from its first attempt on. Times are epoch milliseconds. */
export interface Delivery {
  readonly tenant: string;
  readonly webhookId: string;
  /** See `deliveryIdOf`. */
  readonly id: string;
  readonly eventId: string;
  /** Type of the event. */
  readonly type: string;
  readonly status: DeliveryStatus;
  /** The last attempts, at most `maxKeptAttempts`. */
  readonly attempts: readonly DeliveryAttempt[];
  /** The number of times that the delivery was requested again. A message of an earlier round is obsolete. */
  readonly round: number;
  /** The number of attempts in this round. */
  readonly tries: number;
  /** Only of a pending delivery. */
  readonly nextAttemptAt?: number;
  /** When the reconciler sends the message for the next attempt if no message has; only of a pending delivery. */
  readonly nextCheckAt?: number;
  /** The repetition of several deliveries that requested this round. */
  readonly requestId?: string;
  readonly updatedAt: number;
  /** Counts the writes, from 1. */
  readonly version: number;
}

export const maxKeptAttempts = 20;

/** The event that a delivery carries, in the form that its ID has. */
export interface DeliveredEvent {
  /** When the event occurred, in epoch milliseconds. */
  readonly at: number;
  /** The job; of a test event, an ID of its own. */
  readonly jobId: string;
  /** The sequence number of the event in the log of the job; 0 for a test event. */
  readonly sequence: number;
}

/**
 * The ID of the delivery of an event. It is the same whenever the event is published, so that duplicates coalesce, and sorts by the
 * time of the event.
 */
export function deliveryIdOf({ at, jobId, sequence }: DeliveredEvent): string {
  return `${String(at).padStart(13, '0')}-${jobId}-${sequence}`;
}

/** Parses the ID of a delivery; undefined for any other text. */
export function parseDeliveryId(text: string): DeliveredEvent | undefined {
  const [, at, jobId, sequence] = deliveryIdPattern.exec(text) ?? [];
  if (at === undefined || jobId === undefined || sequence === undefined) return undefined;
  return { at: Number(at), jobId, sequence: Number(sequence) };
}
