import type { DeliveryStatus } from '../../contract/schemas/webhook-schemas.ts';
import type { Delivery } from '../../webhooks/model/delivery.ts';
import type { WebhookKey } from './webhook-store.ts';

export interface DeliveryKey extends WebhookKey {
  readonly deliveryId: string;
}

export interface DeliveryQuery extends WebhookKey {
  readonly status?: DeliveryStatus;
  /** `desc`: the newest events first. */
  readonly order: 'asc' | 'desc';
  /** Only deliveries of events that occurred from this time on, in epoch milliseconds. */
  readonly since?: number;
  /** The `next` of the previous page. */
  readonly after?: string;
  readonly limit: number;
}

export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  /** Position of the next page; absent at the end. A page may be short or empty before the end. */
  readonly next?: string;
}

/** Stores deliveries, each for 30 days after its last write. */
export interface DeliveryStore {
  /** Strongly consistent. */
  get(key: DeliveryKey): Promise<Delivery | undefined>;
  /** Writes if the stored delivery still has `expectedVersion`; undefined: if there is none. */
  put(delivery: Delivery, expectedVersion: number | undefined): Promise<'written' | 'conflict'>;
  list(query: DeliveryQuery): Promise<DeliveryPage>;
  /** Pending deliveries whose `nextCheckAt` is at or before `now` (epoch milliseconds), at most `limit`, the earliest first. */
  listDue(now: number, limit: number): Promise<readonly DeliveryKey[]>;
}
