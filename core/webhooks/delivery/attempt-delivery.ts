import type { DeliveryStatus } from '../../contract/schemas/webhook-schemas.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import type { Settings } from '../../ports/settings.ts';
import type { DeliveryStore } from '../../ports/webhooks/delivery-store.ts';
import type { AttemptMessage, WebhookQueue } from '../../ports/webhooks/webhook-queue.ts';
import type { WebhookRequest, WebhookSender } from '../../ports/webhooks/webhook-sender.ts';
import type { WebhookSecretStore, WebhookStore } from '../../ports/webhooks/webhook-store.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Delivery, DeliveryAttempt } from '../model/delivery.ts';
import { abandoned, isGone, isReceived, maxMessageDelayMs } from '../model/next-delivery.ts';
import type { WebhookResponse } from '../model/response.ts';
import { signaturesOf } from '../model/sign.ts';
import type { StoredWebhook } from '../model/webhook.ts';
import { sendOrThrow } from '../records/send-or-throw.ts';
import { type CallReceiverDeps, callReceiver } from './call-receiver.ts';
import { type DeliveredEventDeps, readDeliveredEvent } from './delivered-event.ts';
import { announceIfDue, type DisableWebhookDeps, disableWebhook } from './disable-webhook.ts';
import { postponeAttempt } from './postpone-attempt.ts';
import { isCurrent, recordAttempt, storedVersion } from './record-attempt.ts';

export interface AttemptDeliveryDeps extends DeliveredEventDeps, DisableWebhookDeps, CallReceiverDeps {
  readonly webhooks: WebhookStore;
  readonly webhookSecrets: Pick<WebhookSecretStore, 'get'>;
  readonly deliveries: Pick<DeliveryStore, 'get' | 'put'>;
  readonly webhookQueue: WebhookQueue;
  readonly sender: WebhookSender;
  readonly clock: Clock;
  readonly random: Pick<Random, 'fraction'>;
  readonly log: Log;
  readonly settings: Pick<Settings, 'apiBaseUrl' | 'webhookDelayScale'>;
}

/** `obsolete`: another message has made the attempt; `postponed`: the receiver is slow; otherwise the new status. */
export type AttemptOutcome = DeliveryStatus | 'obsolete' | 'postponed';

type DeliveredContent = NonNullable<Awaited<ReturnType<typeof readDeliveredEvent>>>;

/** A webhook is disabled when all attempts of this time have failed. */
const disableAfterMs = 5 * 86_400_000;

/**
 * Makes one attempt of a delivery, records it, and requests the next attempt if it failed. A message that is processed again after a
 * crash may send the event twice, which receivers recognize by `webhook-id`; once an attempt is recorded, its message does nothing.
 * Throws if a store or the queue fails: then the message is processed again.
 */
export async function attemptDelivery(
  deps: AttemptDeliveryDeps,
  message: AttemptMessage,
): Promise<AttemptOutcome> {
  const [webhook, stored] = await Promise.all([deps.webhooks.get(message), deps.deliveries.get(message)]);
  await announceIfDue(deps, webhook);
  if (!isCurrent(stored, message)) return 'obsolete';
  if (webhook === undefined) return stored === undefined ? 'obsolete' : abandon(deps, stored);
  const event = await readDeliveredEvent(deps, message);
  if (event === undefined) {
    deps.log.warn('event-missing', { webhookId: message.webhookId, deliveryId: message.deliveryId });
    return stored === undefined ? 'obsolete' : abandon(deps, stored);
  }
  const delivery = stored ?? newDelivery(message, event, deps.clock.now());
  if (webhook.status !== 'active') return abandon(deps, delivery);
  return attempt(deps, message, { webhook, delivery, event });
}

/** A delivery before its first attempt, which is not stored yet: its version is 0. */
function newDelivery(
  { tenant, webhookId, deliveryId }: AttemptMessage,
  { id: eventId, type }: DeliveredContent,
  now: number,
): Delivery {
  return {
    tenant,
    webhookId,
    id: deliveryId,
    eventId,
    type,
    status: 'pending',
    attempts: [],
    round: 0,
    tries: 0,
    updatedAt: now,
    version: 0,
  };
}

interface Attempted {
  readonly webhook: StoredWebhook;
  readonly delivery: Delivery;
  readonly event: DeliveredContent;
}

async function attempt(
  deps: AttemptDeliveryDeps,
  message: AttemptMessage,
  { webhook, delivery, event }: Attempted,
): Promise<AttemptOutcome> {
  const at = deps.clock.now();
  const response = await callReceiver(deps, webhook, () => requestOf(deps, webhook, event));
  if (response === 'crowded') return postponeAttempt(deps, message, delivery);
  const made = attemptOf(response, { at, durationMs: deps.clock.now() - at });
  // Before the attempt is recorded: after a crash, the same attempt is made again.
  const failingSince = await recordHealth(deps, webhook, { response, at });
  const next = await recordAttempt(deps, message, { delivery, attempt: made, response });
  if (next === undefined) return 'obsolete';
  if (isGone(response)) await disableWebhook(deps, webhook, { reason: 'gone' });
  else if (failingSince !== undefined && at - failingSince >= disableAfterMs)
    await disableWebhook(deps, webhook, { reason: 'failing', failingSince });
  await requestNext(deps, next);
  return next.status;
}

async function requestOf(
  { webhookSecrets, clock }: AttemptDeliveryDeps,
  { tenant, id: webhookId, url }: StoredWebhook,
  event: DeliveredContent,
): Promise<WebhookRequest> {
  const stored = await webhookSecrets.get({ tenant, webhookId });
  if (stored === undefined) throw new Error(`The webhook ${webhookId} has no secret`);
  const timestamp = Math.floor(clock.now() / 1000);
  const body = JSON.stringify(event);
  const headers = {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'webhook-id': event.id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signaturesOf({ id: event.id, timestamp, body }, stored),
  };
  return { url, headers, body };
}

function attemptOf(
  response: WebhookResponse,
  time: Pick<DeliveryAttempt, 'at' | 'durationMs'>,
): DeliveryAttempt {
  if (response.kind === 'error') return { ...time, error: response.error };
  const { status, answer } = response;
  return { ...time, status, ...omitUndefined({ answer: answer === '' ? undefined : answer }) };
}

/** Records a success or a failure of the webhook; returns when its attempts began to fail, unless it was changed since. */
async function recordHealth(
  { webhooks }: AttemptDeliveryDeps,
  { tenant, id: webhookId, version, health }: StoredWebhook,
  { response, at }: { readonly response: WebhookResponse; readonly at: number },
): Promise<number | undefined> {
  const key = { tenant, webhookId };
  if (!isReceived(response))
    return health.failingSince ?? (await webhooks.recordFailure(key, { at, version }));
  if (health.failingSince !== undefined) await webhooks.recordSuccess(key, health.failingSince);
  return undefined;
}

/** Sends the message for the next attempt if it can wait until then; otherwise the reconciler sends it. */
async function requestNext({ webhookQueue }: AttemptDeliveryDeps, delivery: Delivery): Promise<void> {
  const { tenant, webhookId, id: deliveryId, round, tries, nextAttemptAt, updatedAt } = delivery;
  if (nextAttemptAt === undefined) return;
  const delayMs = nextAttemptAt - updatedAt;
  if (delayMs > maxMessageDelayMs) return;
  const message = { kind: 'attempt', tenant, webhookId, deliveryId, round, number: tries + 1 } as const;
  await sendOrThrow(webhookQueue, [{ message, delaySeconds: Math.round(delayMs / 1000) }]);
}

/** Ends a delivery whose webhook is disabled or was deleted. */
async function abandon(
  { deliveries, clock }: AttemptDeliveryDeps,
  delivery: Delivery,
): Promise<AttemptOutcome> {
  const written = await deliveries.put(abandoned(delivery, clock.now()), storedVersion(delivery));
  return written === 'written' ? 'failed' : 'obsolete';
}
