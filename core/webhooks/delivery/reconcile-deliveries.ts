import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { DeliveryKey, DeliveryStore } from '../../ports/webhooks/delivery-store.ts';
import type { WebhookQueue } from '../../ports/webhooks/webhook-queue.ts';
import { asError } from '../../std/as-error.ts';
import { inParallel } from '../../std/in-parallel.ts';
import { checkedAgain } from '../model/next-delivery.ts';
import { sendOrThrow } from '../records/send-or-throw.ts';

export interface ReconcileDeliveriesDeps {
  readonly deliveries: Pick<DeliveryStore, 'get' | 'put' | 'listDue'>;
  readonly webhookQueue: WebhookQueue;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** Maximum number of deliveries of one pass. */
const maxChecked = 2000;

const parallel = 20;

/**
 * Requests the attempts that are due: those whose delay is longer than a message can wait, and those whose message was lost. One
 * delivery never delays the others. Returns the number of requested attempts.
 */
export async function reconcileDeliveries(
  deps: ReconcileDeliveriesDeps,
  { budgetEndsAt }: { readonly budgetEndsAt: number },
): Promise<number> {
  const due = await deps.deliveries.listDue(deps.clock.now(), maxChecked);
  const requested = await inParallel(due, parallel, async (key) => {
    if (deps.clock.now() >= budgetEndsAt) return false;
    try {
      return await requestAttempt(deps, key);
    } catch (error) {
      deps.log.warn('delivery-check-failed', { deliveryId: key.deliveryId, error: asError(error) });
      return false;
    }
  });
  return requested.filter(Boolean).length;
}

/** The message is sent first: after a crash in between, it is sent again, and the second one is obsolete or repeats the attempt. */
async function requestAttempt(deps: ReconcileDeliveriesDeps, key: DeliveryKey): Promise<boolean> {
  const delivery = await deps.deliveries.get(key);
  const now = deps.clock.now();
  // The index may be a moment old.
  if (delivery?.nextCheckAt === undefined || delivery.nextCheckAt > now) return false;
  const { tenant, webhookId, id: deliveryId, round, tries } = delivery;
  await sendOrThrow(deps.webhookQueue, [
    { message: { kind: 'attempt', tenant, webhookId, deliveryId, round, number: tries + 1 } },
  ]);
  await deps.deliveries.put(checkedAgain(delivery, now), delivery.version);
  return true;
}
