import type { Clock } from '../../ports/clock.ts';
import type { Log, LogFields } from '../../ports/log.ts';
import type { DeliveryKey, DeliveryStore } from '../../ports/webhooks/delivery-store.ts';
import type { OutgoingMessage, WebhookQueue } from '../../ports/webhooks/webhook-queue.ts';
import { asError } from '../../std/as-error.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { Delivery } from '../model/delivery.ts';
import { checkedAgain } from '../model/next-delivery.ts';

export interface ReconcileDeliveriesDeps {
  readonly deliveries: Pick<DeliveryStore, 'get' | 'put' | 'listDue'>;
  readonly webhookQueue: WebhookQueue;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** Maximum number of deliveries of one list. */
const maxListed = 2000;

/** Deliveries whose messages are sent in one call. */
const batchSize = 10;

const parallelBatches = 4;

/**
 * Requests the attempts that are due: those whose delay is longer than a message can wait, and those whose message was lost. Lists
 * again until `budgetEndsAt` (epoch milliseconds) as long as a list is full and contains deliveries that were not checked yet. One
 * delivery never delays the others. Returns the number of requested attempts.
 */
export async function reconcileDeliveries(
  deps: ReconcileDeliveriesDeps,
  { budgetEndsAt }: { readonly budgetEndsAt: number },
): Promise<number> {
  const checked = new Set<string>();
  let requested = 0;
  while (deps.clock.now() < budgetEndsAt) {
    const due = await deps.deliveries.listDue(deps.clock.now(), maxListed);
    // The index may be a moment old, and a delivery that cannot be requested stays in it.
    const unchecked = due.filter((key) => !checked.has(textOf(key)));
    for (const key of unchecked) checked.add(textOf(key));
    await inParallel(batchesOf(unchecked), parallelBatches, async (batch) => {
      if (deps.clock.now() >= budgetEndsAt) return;
      const count = await unlessItFails(deps, { count: batch.length }, () => requestAttempts(deps, batch));
      requested += count ?? 0;
    });
    if (due.length < maxListed || unchecked.length === 0) break;
  }
  return requested;
}

function textOf({ tenant, webhookId, deliveryId }: DeliveryKey): string {
  return `${tenant}/${webhookId}/${deliveryId}`;
}

function batchesOf(keys: readonly DeliveryKey[]): ReadonlyArray<readonly DeliveryKey[]> {
  return Array.from({ length: Math.ceil(keys.length / batchSize) }, (_, index) =>
    keys.slice(index * batchSize, (index + 1) * batchSize),
  );
}

/**
 * The messages are sent first: after a crash in between, they are sent again, and the second one of a delivery is obsolete or repeats
 * the attempt.
 */
async function requestAttempts(deps: ReconcileDeliveriesDeps, keys: readonly DeliveryKey[]): Promise<number> {
  const found = await Promise.all(
    keys.map((key) => unlessItFails(deps, { deliveryId: key.deliveryId }, () => readDue(deps, key))),
  );
  const due = found.filter((delivery) => delivery !== undefined);
  if (due.length === 0) return 0;
  const requests = due.map((delivery) => ({ delivery, message: nextAttempt(delivery) }));
  const unsent = new Set(await deps.webhookQueue.send(requests.map(({ message }) => message)));
  if (unsent.size > 0) deps.log.warn('deliveries-not-requested', { count: unsent.size });
  const sent = requests.filter(({ message }) => !unsent.has(message));
  await Promise.all(
    sent.map(({ delivery }) =>
      unlessItFails(deps, { deliveryId: delivery.id }, () =>
        deps.deliveries.put(checkedAgain(delivery, deps.clock.now()), delivery.version),
      ),
    ),
  );
  return sent.length;
}

async function readDue(
  { deliveries, clock }: ReconcileDeliveriesDeps,
  key: DeliveryKey,
): Promise<Delivery | undefined> {
  const delivery = await deliveries.get(key);
  // The index may be a moment old.
  return delivery?.nextCheckAt === undefined || delivery.nextCheckAt > clock.now() ? undefined : delivery;
}

function nextAttempt({ tenant, webhookId, id: deliveryId, round, tries }: Delivery): OutgoingMessage {
  return { message: { kind: 'attempt', tenant, webhookId, deliveryId, round, number: tries + 1 } };
}

/** The result of a step; undefined if it fails, which is logged. */
async function unlessItFails<Result>(
  { log }: ReconcileDeliveriesDeps,
  fields: LogFields,
  step: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await step();
  } catch (error) {
    log.warn('delivery-check-failed', { ...fields, error: asError(error) });
    return undefined;
  }
}
