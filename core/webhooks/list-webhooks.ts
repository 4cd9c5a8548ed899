import type { WebhookStore } from '../ports/webhooks/webhook-store.ts';
import type { StoredWebhook } from './model/webhook.ts';

/** All webhooks of a tenant, oldest first. */
export async function listWebhooks(
  { webhooks }: { readonly webhooks: Pick<WebhookStore, 'list'> },
  tenant: string,
): Promise<readonly StoredWebhook[]> {
  return webhooks.list(tenant, 'strong');
}
