import type { Clock } from '../../ports/clock.ts';
import type { WebhookRequest, WebhookSender } from '../../ports/webhooks/webhook-sender.ts';
import type { WebhookStore } from '../../ports/webhooks/webhook-store.ts';
import { asError } from '../../std/as-error.ts';
import type { WebhookResponse } from '../model/response.ts';
import type { StoredWebhook } from '../model/webhook.ts';
import { freeSlowSlot, type SlowSlotDeps, takeSlowSlot } from './slow-slots.ts';

export interface CallReceiverDeps extends SlowSlotDeps {
  readonly webhooks: Pick<WebhookStore, 'recordSlow' | 'recordFast'>;
  readonly sender: WebhookSender;
  readonly clock: Clock;
}

/** A call that takes longer is slow and needs a slot. */
const slowAfterMs = 2000;

/** Longer than the sender may take, so that no call occupies its worker forever, whatever a receiver does to the sender. */
const maxCallMs = 20_000;

/** A call in progress. */
interface Call {
  readonly response: Promise<WebhookResponse>;
  abort(): void;
}

/**
 * Sends a request to a receiver. The receiver is slow if a call takes more than 2 s, until one takes less. Calls to a slow receiver need
 * one of the slots of its tenant, and are not made if none is free; a call that turns out to be slow is given up then. So slow
 * receivers occupy a part of the workers only. Returns `crowded` for a call that was not made or given up.
 */
export async function callReceiver(
  deps: CallReceiverDeps,
  webhook: StoredWebhook,
  request: () => Promise<WebhookRequest>,
): Promise<WebhookResponse | 'crowded'> {
  const { slowSince } = webhook.health;
  return slowSince === undefined
    ? callUnlessSlow(deps, webhook, await request())
    : callInSlot(deps, webhook, { slowSince, request });
}

async function callUnlessSlow(
  deps: CallReceiverDeps,
  webhook: StoredWebhook,
  request: WebhookRequest,
): Promise<WebhookResponse | 'crowded'> {
  const call = startCall(deps, request);
  try {
    const first = await within(deps, call, slowAfterMs);
    if (first !== 'late') return first;
    await recordSpeed(deps, webhook, 'slow');
    const slot = await takeSlowSlot(deps, webhook.tenant);
    if (slot === undefined) return 'crowded';
    const response = await within(deps, call, maxCallMs - slowAfterMs);
    await freeSlowSlot(deps, slot);
    return response === 'late' ? unanswered : response;
  } finally {
    call.abort();
  }
}

async function callInSlot(
  deps: CallReceiverDeps,
  webhook: StoredWebhook,
  { slowSince, request }: { readonly slowSince: number; readonly request: () => Promise<WebhookRequest> },
): Promise<WebhookResponse | 'crowded'> {
  const slot = await takeSlowSlot(deps, webhook.tenant);
  if (slot === undefined) return 'crowded';
  try {
    const sent = await request();
    const at = deps.clock.now();
    const call = startCall(deps, sent);
    const response = await within(deps, call, maxCallMs);
    call.abort();
    if (deps.clock.now() - at < slowAfterMs) await recordSpeed(deps, webhook, { slowSince });
    return response === 'late' ? unanswered : response;
  } finally {
    await freeSlowSlot(deps, slot);
  }
}

function startCall({ sender }: CallReceiverDeps, request: WebhookRequest): Call {
  const controller = new AbortController();
  return {
    response: sender.post({ ...request, signal: controller.signal }),
    abort: () => controller.abort(),
  };
}

function within(
  { clock }: CallReceiverDeps,
  { response }: Call,
  durationMs: number,
): Promise<WebhookResponse | 'late'> {
  return Promise.race([response, clock.sleep(durationMs).then(() => 'late' as const)]);
}

/** Never throws: the response counts, and the next call records the speed of the receiver. */
async function recordSpeed(
  { webhooks, clock, log }: CallReceiverDeps,
  { tenant, id: webhookId, version }: StoredWebhook,
  speed: 'slow' | { readonly slowSince: number },
): Promise<void> {
  const key = { tenant, webhookId };
  try {
    if (speed === 'slow') await webhooks.recordSlow(key, { at: clock.now(), version });
    else await webhooks.recordFast(key, speed.slowSince);
  } catch (error) {
    log.warn('speed-not-recorded', { webhookId, error: asError(error) });
  }
}

const unanswered: WebhookResponse = { kind: 'error', error: 'The call did not end' };
