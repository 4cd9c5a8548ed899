import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { WebhookRequest, WebhookSender } from '../../ports/webhooks/webhook-sender.ts';
import type { WebhookKey, WebhookStore } from '../../ports/webhooks/webhook-store.ts';
import { asError } from '../../std/as-error.ts';
import type { WebhookResponse } from '../model/response.ts';
import type { StoredWebhook } from '../model/webhook.ts';

export interface CallReceiverDeps {
  readonly webhooks: Pick<WebhookStore, 'takeSlowSlot' | 'freeSlowSlot'>;
  readonly sender: WebhookSender;
  readonly clock: Clock;
  readonly log: Log;
}

/** A call that takes longer is slow and needs one of the slots of its webhook. */
const slowAfterMs = 2000;

/** Longer than the sender may take, so that no call occupies its worker forever, whatever a receiver does to the sender. */
const maxSlowMs = 18_000;

/** The number of slow calls to one webhook that may be in progress. */
const maxSlowCalls = 3;

/** Longer than a call can take, so that the slot of a process that crashed becomes free again. */
const slotLeaseMs = 30_000;

/** Whether all slots for slow calls to a webhook are taken, so that a further call might have to be given up. */
export function isCrowded({ health }: StoredWebhook, now: number): boolean {
  return freeSlots(health.slowUntil, now).length === 0;
}

/**
 * Sends a request to a receiver. A call that takes longer than 2 s needs a slot, and is given up if there is none: a receiver that is
 * slow occupies a few of the workers, and not those that deliver to others. Returns `crowded` then.
 */
export async function callReceiver(
  deps: CallReceiverDeps,
  webhook: StoredWebhook,
  request: WebhookRequest,
): Promise<WebhookResponse | 'crowded'> {
  const controller = new AbortController();
  const call = deps.sender.post({ ...request, signal: controller.signal });
  const first = await Promise.race([call, deps.clock.sleep(slowAfterMs).then(() => 'slow' as const)]);
  if (first !== 'slow') return first;
  try {
    const key = { tenant: webhook.tenant, webhookId: webhook.id };
    const until = deps.clock.now() + slotLeaseMs;
    const slot = await takeSlot(deps, webhook, until);
    if (slot === undefined) return 'crowded';
    const response = await Promise.race([call, deps.clock.sleep(maxSlowMs).then(() => unanswered)]);
    await freeSlot(deps, key, { slot, until });
    return response;
  } finally {
    controller.abort();
  }
}

async function takeSlot(
  { webhooks, clock }: CallReceiverDeps,
  { tenant, id: webhookId, health }: StoredWebhook,
  until: number,
): Promise<number | undefined> {
  const now = clock.now();
  // Others may have freed or taken slots since the webhook was read.
  const free = freeSlots(health.slowUntil, now);
  const others = allSlots.filter((slot) => !free.includes(slot));
  for (const slot of [...free, ...others])
    if (await webhooks.takeSlowSlot({ tenant, webhookId }, slot, { now, until })) return slot;
  return undefined;
}

const unanswered: WebhookResponse = { kind: 'error', error: 'The call did not end' };

const allSlots = Array.from({ length: maxSlowCalls }, (_, slot) => slot);

function freeSlots(slowUntil: Readonly<Record<number, number>>, now: number): readonly number[] {
  return allSlots.filter((slot) => (slowUntil[slot] ?? 0) <= now);
}

/** The response counts even if the slot cannot be freed: it expires. */
async function freeSlot(
  { webhooks, log }: CallReceiverDeps,
  key: WebhookKey,
  { slot, until }: { readonly slot: number; readonly until: number },
): Promise<void> {
  try {
    await webhooks.freeSlowSlot(key, slot, until);
  } catch (error) {
    log.warn('slot-not-freed', { webhookId: key.webhookId, error: asError(error) });
  }
}
