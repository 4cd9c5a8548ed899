import type { PublishedEvent } from '../../../core/contract/schemas/event-schemas.ts';
import type { RedeliveryMessage, WebhookMessage } from '../../../core/ports/webhooks/webhook-queue.ts';
import type { WebhookRequest } from '../../../core/ports/webhooks/webhook-sender.ts';
import type { Delivery, DeliveryAttempt } from '../../../core/webhooks/model/delivery.ts';
import type { WebhookResponse } from '../../../core/webhooks/model/response.ts';
import type { Webhook, WebhookSecrets } from '../../../core/webhooks/model/webhook.ts';
import type { Entry, History, Moment } from './history.ts';

/** A request that a receiver got. */
export interface Post extends Moment {
  readonly request: Pick<WebhookRequest, 'url' | 'headers' | 'body'>;
  /** The number of writes of jobs before the request. */
  readonly changes: number;
  /** What the sender got, also if nobody waited for it any more. */
  response?: WebhookResponse;
  /** Whether the receiver has the event, also if its response was lost. */
  isAccepted?: boolean;
}

/** One receipt of a message by a process. */
export interface Processing {
  readonly message: WebhookMessage;
  readonly received: Moment;
  /** The number of writes of jobs before the receipt. */
  readonly changes: number;
  post?: Post;
  /** The attempt that it recorded. */
  recorded?: DeliveryAttempt;
  /** Absent if the process never ended. */
  ended?: Moment;
  isAcknowledged?: boolean;
}

/** A write of a delivery, and the process that wrote it; undefined for owners and the reconciler. */
export interface DeliveryWrite {
  readonly delivery: Delivery;
  readonly by: Processing | undefined;
}

/** What an owner requested, from its call to the response. */
export type OwnerRequest = {
  readonly webhookId: string;
  readonly called: Moment;
  readonly served: Moment;
} & (
  | { readonly kind: 'delete' }
  | { readonly kind: 'test' | 'redeliver'; readonly deliveryId: string }
  | { readonly kind: 'redeliver-since'; readonly message: RedeliveryMessage }
);

/** All that happened to webhooks. */
export interface WebhookLedger {
  /** By the ID of the webhook. */
  readonly webhooks: Map<string, Entry<Webhook | undefined>[]>;
  readonly secrets: Map<string, Entry<WebhookSecrets | undefined>[]>;
  /** By the IDs of webhook and delivery, such as `<webhook> <delivery>`. */
  readonly deliveries: Map<string, Entry<DeliveryWrite>[]>;
  readonly processings: Processing[];
  /** By position of a change of a job: when its events were first and last handed to the publisher of webhooks. */
  readonly publications: Map<string, { readonly first: Moment; readonly last: Moment }>;
  /** Events about webhooks on the bus. */
  readonly announced: PublishedEvent[];
  readonly requests: OwnerRequest[];
  /** The keys of pending deliveries. */
  readonly pending: Set<string>;
  moment(): Moment;
}

export function webhookLedger(now: () => number): WebhookLedger {
  let order = 0;
  return {
    webhooks: new Map(),
    secrets: new Map(),
    deliveries: new Map(),
    processings: [],
    publications: new Map(),
    announced: [],
    requests: [],
    pending: new Set(),
    moment() {
      order += 1;
      return { order, at: now() };
    },
  };
}

/** Adds a value to one of several histories. */
export function note<Value>(histories: Map<string, Entry<Value>[]>, key: string, entry: Entry<Value>): void {
  const history = histories.get(key) ?? [];
  history.push(entry);
  histories.set(key, history);
}

export function historyOf<Value>(
  histories: ReadonlyMap<string, History<Value>>,
  key: string,
): History<Value> {
  return histories.get(key) ?? [];
}

export function deliveryKey(webhookId: string, deliveryId: string): string {
  return `${webhookId} ${deliveryId}`;
}
