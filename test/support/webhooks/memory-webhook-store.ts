import type {
  WebhookKey,
  WebhookSecretStore,
  WebhookStore,
} from '../../../core/ports/webhooks/webhook-store.ts';
import { omit } from '../../../core/std/omit.ts';
import type { StoredWebhook, WebhookHealth, WebhookSecrets } from '../../../core/webhooks/model/webhook.ts';

const keyText = ({ tenant, webhookId }: WebhookKey) => `${tenant}/${webhookId}`;

/** The in-memory store of webhooks. */
export function memoryWebhookStore(): WebhookStore {
  const stored = new Map<string, StoredWebhook>();
  const update = (key: WebhookKey, change: (health: WebhookHealth) => WebhookHealth | undefined) => {
    const current = stored.get(keyText(key));
    const health = current === undefined ? undefined : change(current.health);
    if (current === undefined || health === undefined) return false;
    stored.set(keyText(key), { ...current, health });
    return true;
  };
  return {
    async insert(webhook) {
      const key = keyText({ tenant: webhook.tenant, webhookId: webhook.id });
      if (stored.has(key)) return 'exists';
      stored.set(key, structuredClone({ ...webhook, health: {} }));
      return 'inserted';
    },
    get: async (key) => structuredClone(stored.get(keyText(key))),
    list: async (tenant) =>
      structuredClone([...stored.values()].filter((webhook) => webhook.tenant === tenant)).sort(
        (left, right) => (left.id < right.id ? -1 : 1),
      ),
    async replace(webhook, expectedVersion, { resetsHealth, isUnannounced, ifFailingSince } = {}) {
      const key = keyText({ tenant: webhook.tenant, webhookId: webhook.id });
      const current = stored.get(key);
      if (current?.version !== expectedVersion) return 'conflict';
      if (ifFailingSince !== undefined && current.health.failingSince !== ifFailingSince) return 'conflict';
      const kept = resetsHealth ? {} : current.health;
      const health = { ...kept, ...(isUnannounced ? { isUnannounced } : {}) };
      stored.set(key, structuredClone({ ...webhook, health }));
      return 'replaced';
    },
    async remove(key, expectedVersion) {
      if (stored.get(keyText(key))?.version !== expectedVersion) return 'conflict';
      stored.delete(keyText(key));
      return 'removed';
    },
    async recordFailure(key, { at, version }) {
      if (stored.get(keyText(key))?.version !== version) return undefined;
      update(key, (health) => ({ ...health, failingSince: health.failingSince ?? at }));
      return stored.get(keyText(key))?.health.failingSince;
    },
    async recordSuccess(key, failingSince) {
      update(key, (health) =>
        health.failingSince === failingSince ? omit(health, ['failingSince']) : undefined,
      );
    },
    async recordSlow(key, { at, version }) {
      if (stored.get(keyText(key))?.version !== version) return;
      update(key, (health) => ({ ...health, slowSince: health.slowSince ?? at }));
    },
    async recordFast(key, slowSince) {
      update(key, (health) => (health.slowSince === slowSince ? omit(health, ['slowSince']) : undefined));
    },
    async recordAnnouncement(key) {
      update(key, (health) => omit(health, ['isUnannounced']));
    },
  };
}

/** The in-memory store of the secrets of webhooks. */
export function memoryWebhookSecretStore(): WebhookSecretStore {
  const stored = new Map<string, WebhookSecrets>();
  return {
    async insert(key, secrets) {
      if (stored.has(keyText(key))) return 'exists';
      stored.set(keyText(key), structuredClone(secrets));
      return 'inserted';
    },
    get: async (key) => structuredClone(stored.get(keyText(key))),
    async replace(key, secrets, expectedVersion) {
      if (stored.get(keyText(key))?.version !== expectedVersion) return 'conflict';
      stored.set(keyText(key), structuredClone(secrets));
      return 'replaced';
    },
    async remove(key) {
      stored.delete(keyText(key));
    },
  };
}
