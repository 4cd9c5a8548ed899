import type { StoredWebhook, Webhook, WebhookSecrets } from '../../webhooks/model/webhook.ts';

export interface WebhookKey {
  readonly tenant: string;
  readonly webhookId: string;
}

/** Stores webhooks without their secrets. Every write of a webhook is conditional; a conflict is a return value. */
export interface WebhookStore {
  /** `exists` if the ID is already in use. */
  insert(webhook: Webhook): Promise<'inserted' | 'exists'>;
  /** Strongly consistent. */
  get(key: WebhookKey): Promise<StoredWebhook | undefined>;
  /**
   * All webhooks of a tenant, oldest first. Strongly consistent unless `eventual`, which costs half as much and may miss a change
   * of the last second.
   */
  list(tenant: string, consistency: 'strong' | 'eventual'): Promise<readonly StoredWebhook[]>;
  /**
   * Writes the webhook if the stored one still has `expectedVersion`, and still fails since `ifFailingSince` if that is given. Its
   * health stays, except that `resetsHealth` forgets all of it, and `isUnannounced` is set.
   */
  replace(
    webhook: Webhook,
    expectedVersion: number,
    health?: {
      readonly resetsHealth?: true;
      readonly isUnannounced?: true;
      readonly ifFailingSince?: number | undefined;
    },
  ): Promise<'replaced' | 'conflict'>;
  /** Deletes if the stored webhook still has `expectedVersion`. */
  remove(key: WebhookKey, expectedVersion: number): Promise<'removed' | 'conflict'>;
  /**
   * Records that an attempt failed at a time, in epoch milliseconds, and returns when the attempts began to fail; undefined, without
   * a record, if the webhook no longer has the version that the attempt was made with.
   */
  recordFailure(
    key: WebhookKey,
    failure: { readonly at: number; readonly version: number },
  ): Promise<number | undefined>;
  /** Records that an attempt succeeded, unless the webhook no longer fails since this time: then the attempt is no evidence about it. */
  recordSuccess(key: WebhookKey, failingSince: number): Promise<void>;
  /** Records that the receiver is slow, unless the webhook no longer has the version that the call was made with. */
  recordSlow(key: WebhookKey, call: { readonly at: number; readonly version: number }): Promise<void>;
  /** Records that the receiver is no longer slow, unless it is slow since another time. */
  recordFast(key: WebhookKey, slowSince: number): Promise<void>;
  /** Records that the event about the disabled webhook was published. */
  recordAnnouncement(key: WebhookKey): Promise<void>;
}

/** Stores the secrets of webhooks apart from all other records. */
export interface WebhookSecretStore {
  /** `exists` if the webhook already has secrets. */
  insert(key: WebhookKey, secrets: WebhookSecrets): Promise<'inserted' | 'exists'>;
  /** Strongly consistent. */
  get(key: WebhookKey): Promise<WebhookSecrets | undefined>;
  /** Writes the secrets if the stored ones still have `expectedVersion`. */
  replace(
    key: WebhookKey,
    secrets: WebhookSecrets,
    expectedVersion: number,
  ): Promise<'replaced' | 'conflict'>;
  /** Deletes the secrets; a repetition changes nothing. */
  remove(key: WebhookKey): Promise<void>;
}
