import type { Clock } from '../../ports/clock.ts';
import type { WebhookStore } from '../../ports/webhooks/webhook-store.ts';
import type { Webhook } from '../model/webhook.ts';

/** Returns the active webhooks of a tenant. */
export type ActiveWebhooks = (tenant: string) => Promise<readonly Webhook[]>;

/** After this time, a new or changed webhook is effective; documented in docs/guides/webhooks.md. */
const cachedMs = 5000;

const maxCachedTenants = 1000;

/**
 * Caches the active webhooks of each tenant for 5 s, also that there are none, so that tenants without webhooks cost one read of half
 * a unit every 5 s at most. A failed read is not cached.
 */
export function cachedActiveWebhooks(
  webhooks: Pick<WebhookStore, 'list'>,
  clock: Pick<Clock, 'now'>,
): ActiveWebhooks {
  const cached = new Map<string, { readonly readAt: number; readonly active: Promise<readonly Webhook[]> }>();
  return (tenant) => {
    const now = clock.now();
    const known = cached.get(tenant);
    if (known !== undefined && now - known.readAt < cachedMs) return known.active;
    const active = readActive(webhooks, tenant);
    cached.delete(tenant); // The order of the map is that of the reads.
    cached.set(tenant, { readAt: now, active });
    active.catch(() => cached.delete(tenant));
    const [oldest] = cached.keys();
    if (cached.size > maxCachedTenants && oldest !== undefined) cached.delete(oldest);
    return active;
  };
}

async function readActive(webhooks: Pick<WebhookStore, 'list'>, tenant: string): Promise<readonly Webhook[]> {
  const all = await webhooks.list(tenant, 'eventual');
  return all.filter(({ status }) => status === 'active');
}
