import type { Clock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import type { Settings } from '../../ports/settings.ts';
import type { DeliveryStore } from '../../ports/webhooks/delivery-store.ts';
import type { AttemptMessage, WebhookQueue } from '../../ports/webhooks/webhook-queue.ts';
import type { Delivery } from '../model/delivery.ts';
import { checkedAgain } from '../model/next-delivery.ts';
import { sendOrThrow } from '../records/send-or-throw.ts';
import { storedVersion } from './record-attempt.ts';

export interface PostponeAttemptDeps {
  readonly webhookQueue: WebhookQueue;
  readonly deliveries: Pick<DeliveryStore, 'put'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'fraction'>;
  readonly settings: Pick<Settings, 'webhookDelayScale'>;
}

const firstPostponementMs = 5000;
const longestPostponementMs = 300_000;

/**
 * Sends the same message again, later each time, so that the attempts to a slow receiver occupy no worker. Stores the delivery, so
 * that the reconciler requests the attempt if the message is lost.
 */
export async function postponeAttempt(
  { webhookQueue, deliveries, random, clock, settings }: PostponeAttemptDeps,
  message: AttemptMessage,
  delivery: Delivery,
): Promise<'postponed'> {
  const postponed = (message.postponed ?? 0) + 1;
  const boundMs = Math.min(firstPostponementMs * 2 ** (postponed - 1), longestPostponementMs);
  const delayMs = boundMs * (0.5 + random.fraction() / 2) * settings.webhookDelayScale;
  await sendOrThrow(webhookQueue, [
    { message: { ...message, postponed }, delaySeconds: Math.max(Math.round(delayMs / 1000), 1) },
  ]);
  // The reconciler must not take the message for lost, and must find a delivery without an attempt if it is.
  await deliveries.put(checkedAgain(delivery, clock.now()), storedVersion(delivery));
  return 'postponed';
}
