import type { Random } from '../../ports/random.ts';
import type { Settings } from '../../ports/settings.ts';
import type { DeliveryStore } from '../../ports/webhooks/delivery-store.ts';
import type { AttemptMessage } from '../../ports/webhooks/webhook-queue.ts';
import type { Delivery, DeliveryAttempt } from '../model/delivery.ts';
import { afterAttempt } from '../model/next-delivery.ts';
import type { WebhookResponse } from '../model/response.ts';

export interface RecordAttemptDeps {
  readonly deliveries: Pick<DeliveryStore, 'get' | 'put'>;
  readonly random: Pick<Random, 'fraction'>;
  readonly settings: Pick<Settings, 'webhookDelayScale'>;
}

const maxConflicts = 5;

/** Whether a message requests the next attempt of the delivery as it is stored. */
export function isCurrent(stored: Delivery | undefined, { round, number }: AttemptMessage): boolean {
  if (stored === undefined) return round === 0 && number === 1;
  return stored.status === 'pending' && stored.round === round && stored.tries === number - 1;
}

/**
 * Records an attempt, and returns the delivery as it was stored; undefined if another message has recorded this attempt, or if the
 * delivery is in another round. Throws after five conflicts.
 */
export async function recordAttempt(
  { deliveries, random, settings }: RecordAttemptDeps,
  message: AttemptMessage,
  made: {
    readonly delivery: Delivery;
    readonly attempt: DeliveryAttempt;
    readonly response: WebhookResponse;
  },
): Promise<Delivery | undefined> {
  let { delivery } = made;
  for (let conflicts = 0; conflicts < maxConflicts; conflicts += 1) {
    const next = afterAttempt(delivery, {
      attempt: made.attempt,
      response: made.response,
      random: random.fraction(),
      scale: settings.webhookDelayScale,
    });
    if ((await deliveries.put(next, storedVersion(delivery))) === 'written') return next;
    const current = await deliveries.get(message);
    if (current === undefined || !isCurrent(current, message)) return undefined;
    delivery = current;
  }
  throw new Error(`The delivery ${message.deliveryId} is being modified by others`);
}

/** The version of a delivery in the store; undefined for one that was not stored yet, whose version is 0. */
export function storedVersion({ version }: Delivery): number | undefined {
  return version === 0 ? undefined : version;
}
