import type { DeliveryKey, DeliveryStore } from '../../../core/ports/webhooks/delivery-store.ts';
import { type Delivery, parseDeliveryId } from '../../../core/webhooks/model/delivery.ts';

const keyText = ({ tenant, webhookId, deliveryId }: DeliveryKey) => `${tenant}/${webhookId}/${deliveryId}`;
const keyOf = ({ tenant, webhookId, id: deliveryId }: Delivery) => ({ tenant, webhookId, deliveryId });

/** The in-memory store of deliveries. */
export function memoryDeliveryStore(): DeliveryStore {
  const stored = new Map<string, Delivery>();
  return {
    get: async (key) => structuredClone(stored.get(keyText(key))),
    async put(delivery, expectedVersion) {
      const key = keyText(keyOf(delivery));
      if (stored.get(key)?.version !== expectedVersion) return 'conflict';
      stored.set(key, structuredClone(delivery));
      return 'written';
    },
    async list({ tenant, webhookId, status, order, since = 0, after, limit }) {
      const direction = order === 'asc' ? 1 : -1;
      const matching = [...stored.values()]
        .filter((one) => one.tenant === tenant && one.webhookId === webhookId)
        .filter((one) => status === undefined || one.status === status)
        .filter(({ id }) => (parseDeliveryId(id)?.at ?? 0) >= since)
        .filter(({ id }) => after === undefined || (order === 'asc' ? id > after : id < after))
        .sort((left, right) => (left.id < right.id ? -direction : direction));
      const deliveries = structuredClone(matching.slice(0, limit));
      const last = deliveries.at(-1);
      return matching.length > limit && last !== undefined ? { deliveries, next: last.id } : { deliveries };
    },
    listDue: async (now, limit) =>
      [...stored.values()]
        .filter(({ nextCheckAt = Number.POSITIVE_INFINITY }) => nextCheckAt <= now)
        .sort((left, right) => (left.nextCheckAt ?? 0) - (right.nextCheckAt ?? 0))
        .slice(0, limit)
        .map(keyOf),
  };
}
