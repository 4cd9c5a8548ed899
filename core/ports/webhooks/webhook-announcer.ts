import type { StoredWebhook } from '../../webhooks/model/webhook.ts';

/** Publishes events about webhooks on the bus. */
export interface WebhookAnnouncer {
  /** Publishes that the service has disabled a webhook. Throws if it could not be published. */
  announceDisabled(webhook: StoredWebhook): Promise<void>;
}
