import type { Clock } from '../../ports/clock.ts';
import type { DeliveryStore } from '../../ports/webhooks/delivery-store.ts';
import type { OutgoingMessage, RedeliveryMessage, WebhookQueue } from '../../ports/webhooks/webhook-queue.ts';
import type { WebhookStore } from '../../ports/webhooks/webhook-store.ts';
import { inParallel } from '../../std/in-parallel.ts';
import { omit } from '../../std/omit.ts';
import { type Delivery, parseDeliveryId } from '../model/delivery.ts';
import { restarted } from '../model/next-delivery.ts';
import { sendOrThrow } from '../records/send-or-throw.ts';

export interface ContinueRedeliveryDeps {
  readonly webhooks: Pick<WebhookStore, 'get'>;
  readonly deliveries: Pick<DeliveryStore, 'list' | 'put'>;
  readonly webhookQueue: WebhookQueue;
  readonly clock: Pick<Clock, 'now'>;
}

const pageSize = 100;
const parallel = 10;

/**
 * Restarts one page of the deliveries that a repetition includes, and requests the next page. A message that is processed again
 * skips the deliveries that it has restarted already; a lost message of one of them is replaced by the reconciler. Ends if the
 * webhook is no longer active.
 */
export async function continueRedelivery(
  deps: ContinueRedeliveryDeps,
  message: RedeliveryMessage,
): Promise<void> {
  const { tenant, webhookId, since, after, include, until } = message;
  const webhook = await deps.webhooks.get(message);
  if (webhook?.status !== 'active') return;
  const { deliveries, next } = await deps.deliveries.list({
    tenant,
    webhookId,
    order: 'asc',
    since,
    limit: pageSize,
    ...(after === undefined ? {} : { after }),
    ...(include === 'failed' ? { status: 'failed' } : {}),
  });
  const included = deliveries.filter((delivery) => isIncluded(delivery, message));
  const restartedOnes = await inParallel(included, parallel, (delivery) => restart(deps, delivery, message));
  await sendOrThrow(deps.webhookQueue, restartedOnes.flat());
  const isPastEnd = deliveries.some(({ id }) => (parseDeliveryId(id)?.at ?? 0) > until);
  if (next !== undefined && !isPastEnd)
    await sendOrThrow(deps.webhookQueue, [{ message: { ...omit(message, ['after']), after: next } }]);
}

function isIncluded({ id, status, requestId }: Delivery, message: RedeliveryMessage): boolean {
  const event = parseDeliveryId(id);
  if (event === undefined || event.sequence === 0 || event.at > message.until) return false;
  return status !== 'pending' && requestId !== message.requestId;
}

/** Nothing is sent for a delivery that another request has changed in between. */
async function restart(
  { deliveries, clock }: ContinueRedeliveryDeps,
  delivery: Delivery,
  { requestId }: RedeliveryMessage,
): Promise<readonly OutgoingMessage[]> {
  const next = restarted(delivery, clock.now(), requestId);
  if ((await deliveries.put(next, delivery.version)) === 'conflict') return [];
  const { tenant, webhookId, id: deliveryId, round } = next;
  return [{ message: { kind: 'attempt', tenant, webhookId, deliveryId, round, number: 1 } }];
}
