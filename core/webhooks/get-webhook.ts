import type { WebhookKey, WebhookStore } from '../ports/webhooks/webhook-store.ts';
import type { StoredWebhook } from './model/webhook.ts';
import { requireWebhook, type WebhookPrecondition } from './webhook-problems.ts';

/** Reads a webhook. Throws `not-found` and, with a precondition, `precondition-failed`. */
export async function getWebhook(
  { webhooks }: { readonly webhooks: Pick<WebhookStore, 'get'> },
  key: WebhookKey,
  meetsPrecondition?: WebhookPrecondition,
): Promise<StoredWebhook> {
  return requireWebhook(await webhooks.get(key), key.webhookId, meetsPrecondition);
}
