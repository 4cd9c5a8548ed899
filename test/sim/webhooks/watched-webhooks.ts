import type { DeliveryStore } from '../../../core/ports/webhooks/delivery-store.ts';
import type { WebhookSecretStore, WebhookStore } from '../../../core/ports/webhooks/webhook-store.ts';
import { memoryDeliveryStore } from '../../support/webhooks/memory-delivery-store.ts';
import { memoryWebhookSecretStore, memoryWebhookStore } from '../../support/webhooks/memory-webhook-store.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { deliveryKey, note, type Processing, type WebhookLedger } from './webhook-ledger.ts';

/** Stores of webhooks in memory that record every write. */
export interface WatchedWebhooks {
  readonly webhooks: WebhookStore;
  readonly webhookSecrets: WebhookSecretStore;
  /** The store of deliveries as a process uses it. */
  deliveries(by?: Processing): DeliveryStore;
}

/** An eventually consistent list may miss changes of the last second. */
const stalenessMs = 1000;

export function watchedWebhooks(ledger: WebhookLedger, random: SeededRandom): WatchedWebhooks {
  const deliveries = memoryDeliveryStore();
  return {
    webhooks: watchWebhooks(ledger, random),
    webhookSecrets: watchSecrets(ledger),
    deliveries: (by) => ({
      ...deliveries,
      async put(delivery, expectedVersion) {
        const result = await deliveries.put(delivery, expectedVersion);
        if (result === 'conflict') return result;
        const key = deliveryKey(delivery.webhookId, delivery.id);
        note(ledger.deliveries, key, { ...ledger.moment(), value: { delivery, by } });
        const attempt = delivery.attempts.at(-1);
        const isRecord = by?.message.kind === 'attempt' && by.message.number === delivery.tries;
        if (isRecord && attempt !== undefined) by.recorded ??= attempt;
        if (delivery.status === 'pending') ledger.pending.add(key);
        else ledger.pending.delete(key);
        return result;
      },
    }),
  };
}

function watchWebhooks(ledger: WebhookLedger, random: SeededRandom): WebhookStore {
  const store = memoryWebhookStore();
  const staleList = (tenant: string) => {
    const { at: now } = ledger.moment();
    return [...ledger.webhooks.values()].flatMap((history) => {
      const known = history.findLast(({ at }) => at <= now - stalenessMs)?.value;
      return known?.tenant === tenant ? [{ ...known, health: {} }] : [];
    });
  };
  return {
    ...store,
    async list(tenant, consistency) {
      const isStale = consistency === 'eventual' && random.happens(0.3);
      return isStale ? staleList(tenant) : store.list(tenant, consistency);
    },
    async insert(webhook) {
      const result = await store.insert(webhook);
      if (result === 'inserted') note(ledger.webhooks, webhook.id, { ...ledger.moment(), value: webhook });
      return result;
    },
    async replace(webhook, expectedVersion, health) {
      const result = await store.replace(webhook, expectedVersion, health);
      if (result === 'replaced') note(ledger.webhooks, webhook.id, { ...ledger.moment(), value: webhook });
      return result;
    },
    async remove(key, expectedVersion) {
      const result = await store.remove(key, expectedVersion);
      if (result === 'removed')
        note(ledger.webhooks, key.webhookId, { ...ledger.moment(), value: undefined });
      return result;
    },
  };
}

function watchSecrets(ledger: WebhookLedger): WebhookSecretStore {
  const store = memoryWebhookSecretStore();
  return {
    ...store,
    async insert(key, secrets) {
      const result = await store.insert(key, secrets);
      if (result === 'inserted') note(ledger.secrets, key.webhookId, { ...ledger.moment(), value: secrets });
      return result;
    },
    async replace(key, secrets, expectedVersion) {
      const result = await store.replace(key, secrets, expectedVersion);
      if (result === 'replaced') note(ledger.secrets, key.webhookId, { ...ledger.moment(), value: secrets });
      return result;
    },
    async remove(key) {
      await store.remove(key);
      note(ledger.secrets, key.webhookId, { ...ledger.moment(), value: undefined });
    },
  };
}
