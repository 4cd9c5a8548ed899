import { deliveryStatuses } from '../../../core/contract/schemas/webhook-schemas.ts';
import type { Delivery } from '../../../core/webhooks/model/delivery.ts';
import { type DueShard, dueShard, dueShards } from '../job-items/due-shard.ts';
import {
  checkLayoutVersion,
  jsonText,
  number,
  presentAttributes,
  presentMembers,
  readNumber,
  readOptionalJson,
  readOptionalNumber,
  readOptionalText,
  readText,
  text,
} from '../table/item-attributes.ts';
import type { Item } from '../table/table.ts';
import { UnreadableItemError } from '../table/unreadable-item-error.ts';
import { deliveryItemKey, readDeliveryKey } from './webhook-keys.ts';

/** The layout version of the items that this release writes and reads. */
const layoutVersion = 1;

/** For how long a delivery is kept after its last write; documented in docs/guides/webhooks.md. */
const keptSeconds = 30 * 86_400;

/** The partitions of the index `due` with pending deliveries. The shards of jobs and data objects have other names. */
export const dueDeliveryPartitions: readonly string[] = dueShards.map(partitionOf);

function partitionOf(shard: DueShard): string {
  return `webhook#${shard}`;
}

/**
 * Converts a delivery to an item.
 *
 * | name | type | content | absent when |
 * |------|------|---------|-------------|
 * | `pk` `sk` | S | webhook and ID of the delivery (webhook-keys.ts) | |
 * | `z` | N | layout of the item | |
 * | `v` | N | version | |
 * | `st` | S | status | |
 * | `ev` | S | ID of the event | |
 * | `ty` | S | type of the event | |
 * | `at` | S | attempts as JSON | |
 * | `rd` `tr` | N | round, attempts in the round | they are 0 |
 * | `na` | N | nextAttemptAt | it is not pending |
 * | `rq` | S | requestId | no repetition included it |
 * | `ua` | N | updatedAt | |
 * | `ttl` | N | when it expires, in epoch seconds | |
 * | `due` `dueAt` | S N | keys of the index `due`; `dueAt` is nextCheckAt | it is not pending |
 */
export function toItem(delivery: Delivery): Item {
  const { tenant, webhookId, id: deliveryId, nextCheckAt, round, tries } = delivery;
  return {
    ...deliveryItemKey({ tenant, webhookId, deliveryId }),
    ...presentAttributes({
      z: number(layoutVersion),
      v: number(delivery.version),
      st: text(delivery.status),
      ev: text(delivery.eventId),
      ty: text(delivery.type),
      at: jsonText(delivery.attempts),
      rd: number(round === 0 ? undefined : round),
      tr: number(tries === 0 ? undefined : tries),
      na: number(delivery.nextAttemptAt),
      rq: text(delivery.requestId),
      ua: number(delivery.updatedAt),
      ttl: number(Math.ceil(delivery.updatedAt / 1000) + keptSeconds),
      due: nextCheckAt === undefined ? undefined : text(partitionOf(dueShard(deliveryId))),
      dueAt: number(nextCheckAt),
    }),
  };
}

/** Reads an item that `toItem` wrote; throws `UnreadableItemError` for another layout. */
export function fromItem(item: Item): Delivery {
  checkLayoutVersion(item, layoutVersion);
  const { tenant, webhookId, deliveryId: id } = readDeliveryKey(item);
  return {
    tenant,
    webhookId,
    id,
    eventId: readText(item, 'ev'),
    type: readText(item, 'ty'),
    status: readStatus(item),
    attempts: readOptionalJson<Delivery['attempts']>(item, 'at') ?? [],
    round: readOptionalNumber(item, 'rd') ?? 0,
    tries: readOptionalNumber(item, 'tr') ?? 0,
    updatedAt: readNumber(item, 'ua'),
    version: readNumber(item, 'v'),
    ...presentMembers<Delivery>({
      nextAttemptAt: readOptionalNumber(item, 'na'),
      nextCheckAt: readOptionalNumber(item, 'dueAt'),
      requestId: readOptionalText(item, 'rq'),
    }),
  };
}

function readStatus(item: Item): Delivery['status'] {
  const stored = readText(item, 'st');
  const status = deliveryStatuses.find((one) => one === stored);
  if (status === undefined) throw new UnreadableItemError(item, `has the unknown status "${stored}"`);
  return status;
}
