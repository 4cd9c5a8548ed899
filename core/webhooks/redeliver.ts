import { ProblemError } from '../contract/problems/problem-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeliveryKey, DeliveryStore } from '../ports/webhooks/delivery-store.ts';
import type { WebhookQueue } from '../ports/webhooks/webhook-queue.ts';
import type { WebhookStore } from '../ports/webhooks/webhook-store.ts';
import { getWebhook } from './get-webhook.ts';
import { restarted } from './model/next-delivery.ts';
import { sendOrThrow } from './records/send-or-throw.ts';
import { requireActive, type WebhookPrecondition } from './webhook-problems.ts';

export interface RedeliverDeps {
  readonly webhooks: Pick<WebhookStore, 'get'>;
  readonly deliveries: Pick<DeliveryStore, 'get' | 'put'>;
  readonly webhookQueue: WebhookQueue;
  readonly clock: Pick<Clock, 'now'>;
}

const maxTries = 10;

/**
 * Starts a new round of attempts of a delivery, in any state. If it crashes before the message is sent, the reconciler sends it.
 * Throws `not-found`, `precondition-failed` (of the webhook) and `webhook-disabled`.
 */
export async function redeliver(
  deps: RedeliverDeps,
  key: DeliveryKey,
  meetsPrecondition?: WebhookPrecondition,
): Promise<void> {
  requireActive(await getWebhook(deps, key, meetsPrecondition));
  for (let tried = 0; tried < maxTries; tried += 1) {
    const delivery = await deps.deliveries.get(key);
    if (delivery === undefined)
      throw new ProblemError('not-found', `The delivery ${key.deliveryId} does not exist`);
    const next = restarted(delivery, deps.clock.now());
    if ((await deps.deliveries.put(next, delivery.version)) === 'conflict') continue;
    const { tenant, webhookId, deliveryId } = key;
    const message = { kind: 'attempt', tenant, webhookId, deliveryId, round: next.round, number: 1 } as const;
    return sendOrThrow(deps.webhookQueue, [{ message }]);
  }
  throw new ProblemError('unavailable', `The delivery ${key.deliveryId} is being modified; try again`);
}
