import { ProblemError } from '../contract/problems/problem-error.ts';
import type { DeliveryStatus } from '../contract/schemas/webhook-schemas.ts';
import { decodeCursor, encodeCursor } from '../paging/cursor.ts';
import { countThatFit } from '../paging/fit-on-page.ts';
import type { DeliveryStore } from '../ports/webhooks/delivery-store.ts';
import type { WebhookKey, WebhookStore } from '../ports/webhooks/webhook-store.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import { getWebhook } from './get-webhook.ts';
import { type Delivery, parseDeliveryId } from './model/delivery.ts';

export interface ListDeliveriesDeps {
  readonly webhooks: Pick<WebhookStore, 'get'>;
  readonly deliveries: Pick<DeliveryStore, 'list'>;
}

export interface ListDeliveriesInput {
  readonly key: WebhookKey;
  readonly status?: DeliveryStatus;
  readonly cursor?: string;
  /** 1..1000. */
  readonly limit: number;
}

/**
 * A page of a webhook's deliveries, those of the newest events first; it is short if more would not fit in a response. Throws
 * `not-found` and `bad-cursor`.
 */
export async function listDeliveries(
  deps: ListDeliveriesDeps,
  { key, status, cursor, limit }: ListDeliveriesInput,
): Promise<{ readonly deliveries: readonly Delivery[]; readonly nextCursor?: string }> {
  await getWebhook(deps, key);
  const identity = { list: 'deliveries', ...key, ...omitUndefined({ status }) };
  const after = cursor === undefined ? undefined : decodeCursor(identity, cursor);
  if (after !== undefined && parseDeliveryId(after) === undefined)
    throw new ProblemError('bad-cursor', 'The cursor is damaged');
  const page = await deps.deliveries.list({
    ...key,
    order: 'desc',
    limit,
    ...omitUndefined({ status, after }),
  });
  const deliveries = page.deliveries.slice(0, countThatFit(page.deliveries));
  const last = deliveries.at(-1);
  const next = deliveries.length < page.deliveries.length && last !== undefined ? last.id : page.next;
  return next === undefined ? { deliveries } : { deliveries, nextCursor: encodeCursor(identity, next) };
}
