import type { DeliveryKey } from './delivery-store.ts';
import type { WebhookKey } from './webhook-store.ts';

/** Requests one attempt of a delivery. */
export interface AttemptMessage extends DeliveryKey {
  readonly kind: 'attempt';
  readonly round: number;
  /** The number of the attempt in its round, from 1. */
  readonly number: number;
  /** How often the attempt was postponed because the receiver is slow. */
  readonly postponed?: number;
}

/** Requests the next part of a repetition of several deliveries, or of the deliveries of missed events. */
export interface RedeliveryMessage extends WebhookKey {
  readonly kind: 'redelivery';
  readonly requestId: string;
  /** Epoch milliseconds, inclusive. */
  readonly since: number;
  /** Epoch milliseconds: deliveries of later events are not repeated. */
  readonly until: number;
  /** `missed`: the events in the event log without a delivery. */
  readonly include: 'failed' | 'all' | 'missed';
  /** Where the part begins; absent for the first one. */
  readonly after?: string;
  /** Of `missed`, instead: where the part begins in the event log; absent for the first one. */
  readonly logPosition?: { readonly number: number; readonly index: number };
}

export type WebhookMessage = AttemptMessage | RedeliveryMessage;

/** A message to send. */
export interface OutgoingMessage {
  readonly message: WebhookMessage;
  /** Whole seconds from 0 to 900, the limit of SQS. */
  readonly delaySeconds?: number;
}

/** The queue of messages to the function that delivers. Each is processed at least once, in any order. */
export interface WebhookQueue {
  /** Sends messages and returns those that could not be sent, after its own retries. */
  send(messages: readonly OutgoingMessage[]): Promise<readonly OutgoingMessage[]>;
}
