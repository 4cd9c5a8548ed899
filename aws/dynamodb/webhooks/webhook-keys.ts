import type { DeliveryKey } from '../../../core/ports/webhooks/delivery-store.ts';
import type { WebhookKey } from '../../../core/ports/webhooks/webhook-store.ts';
import { readText } from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';
import { tenantPartition } from '../table/table-keys.ts';

export const webhookPrefix = 'H#';
const deliveryPartitionPrefix = 'WD#';

/** Returns the primary key of a webhook. */
export function webhookItemKey({ tenant, webhookId }: WebhookKey): Item {
  return { pk: { S: tenantPartition(tenant) }, sk: { S: webhookPrefix + webhookId } };
}

/** Reads the key of a webhook from an item; throws for other items. */
export function readWebhookKey(item: Item): WebhookKey {
  const partition = readText(item, 'pk');
  const sort = readText(item, 'sk');
  if (!partition.startsWith('T#') || !sort.startsWith(webhookPrefix))
    throw new Error(`${partition} ${sort} is not the key of a webhook`);
  return { tenant: partition.slice('T#'.length), webhookId: sort.slice(webhookPrefix.length) };
}

/** Returns the primary key of the slots for slow calls. */
export function slowCallsItemKey(): Item {
  return { pk: { S: 'SLOWCALLS' }, sk: { S: 'SLOTS' } };
}

/** Returns the partition of a webhook's deliveries, which are sorted by the time of their events. */
export function deliveryPartition({ tenant, webhookId }: WebhookKey): string {
  return `${deliveryPartitionPrefix}${tenant}#${webhookId}`;
}

/** Returns the primary key of a delivery. */
export function deliveryItemKey(key: DeliveryKey): Item {
  return { pk: { S: deliveryPartition(key) }, sk: { S: key.deliveryId } };
}

/** Reads the key of a delivery from an item or an index entry; throws for other items. */
export function readDeliveryKey(item: Item): DeliveryKey {
  const partition = readText(item, 'pk');
  const [tenant, webhookId] = partition.slice(deliveryPartitionPrefix.length).split('#');
  if (!partition.startsWith(deliveryPartitionPrefix) || tenant === undefined || webhookId === undefined)
    throw new Error(`${partition} is not the partition of deliveries`);
  return { tenant, webhookId, deliveryId: readText(item, 'sk') };
}
