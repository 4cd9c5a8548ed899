import type { disabledReasons, WebhookState } from '../../contract/schemas/webhook-schemas.ts';

/** Which events a webhook gets: an event must match all filters; an empty one matches every event. */
export interface WebhookFilter {
  readonly states: readonly WebhookState[];
  readonly services: readonly string[];
  /** An event matches if its job has one of these tags. */
  readonly tags: readonly string[];
}

/** A URL to which events of the tenant's jobs are delivered. Times are epoch milliseconds. */
export interface Webhook extends WebhookFilter {
  readonly tenant: string;
  /** A UUIDv7, which contains the time of the creation. */
  readonly id: string;
  /** Normalized as the WHATWG URL standard specifies. */
  readonly url: string;
  readonly description?: string;
  readonly status: 'active' | 'disabled';
  /** Only of a disabled webhook. */
  readonly disabledReason?: (typeof disabledReasons)[number];
  readonly updatedAt: number;
  /** Counts the writes by its owner and the change of its status, from 1; deliveries do not change it. */
  readonly version: number;
}

/** What deliveries record about a webhook, apart from its version. */
export interface WebhookHealth {
  /** When the first of the attempts failed that have failed without a success since; absent after a success. */
  readonly failingSince?: number;
  /** When the receiver was found to be slow; absent if its last call was fast. */
  readonly slowSince?: number;
  /** True if the webhook was disabled by the service and the event that reports this may not be published yet. */
  readonly isUnannounced?: true;
}

/** A webhook as it is stored. */
export type StoredWebhook = Webhook & { readonly health: WebhookHealth };

/** The secrets that sign deliveries. */
export interface WebhookSecrets {
  readonly current: string;
  /** The secret before the last rotation, which signs as well until then. */
  readonly previous?: { readonly secret: string; readonly expiresAt: number };
  /** Counts the writes, from 1. */
  readonly version: number;
}
