import assert from 'node:assert/strict';
import { type Delivery, parseDeliveryId } from '../../../../core/webhooks/model/delivery.ts';
import type { WebhookResponse } from '../../../../core/webhooks/model/response.ts';
import { type Entry, type History, valuesIn } from '../history.ts';
import { type DeliveryWrite, historyOf, type WebhookLedger } from '../webhook-ledger.ts';
import { longestRetryAfterMs, publishedDelaysMs } from './schedule.ts';

/**
 * Each write of a delivery follows from the one before: an attempt that was made, the end after a success, after the whole
 * schedule or because the webhook is gone, disabled or deleted, or a new round that was requested. No delivery stays pending.
 */
export function checkDelivery(ledger: WebhookLedger, history: History<DeliveryWrite>): void {
  let before: Delivery | undefined;
  const requests: string[] = [];
  for (const { value, ...moment } of history) {
    assert(value !== undefined, 'deliveries are not deleted');
    const { delivery } = value;
    const { id, version, round, tries, status, nextCheckAt, requestId = '' } = delivery;
    assert.equal(version, (before?.version ?? 0) + 1, `${id}: version`);
    if (status === 'pending')
      assert(nextCheckAt !== undefined, `${id}: the reconciler does not find the pending delivery`);
    const isRestart = round > (before?.round ?? 0);
    if (isRestart && value.by !== undefined) requests.push(requestId);
    if (isRestart) assert.deepEqual([round, tries], [(before?.round ?? 0) + 1, 0], `${id}: new round`);
    else assert(before === undefined || before.status === 'pending', `${id}: changed after its end`);
    if (!isRestart && tries > (before?.tries ?? 0)) checkRecord(value, before);
    else if (status !== 'pending') checkAbandoned(ledger, { ...moment, value });
    before = delivery;
  }
  assert.equal(new Set(requests).size, requests.length, `${before?.id}: restarted twice by one request`);
  assert.notEqual(before?.status, 'pending', `${before?.id}: is pending for ever`);
}

/** The record of an attempt belongs to a request, and decides as its response says. */
function checkRecord({ delivery, by }: DeliveryWrite, before: Delivery | undefined): void {
  const { id, round, tries, status, attempts, nextAttemptAt } = delivery;
  const [message, post, attempt] = [by?.message, by?.post, attempts.at(-1)];
  const isMade = message?.kind === 'attempt' && post !== undefined && attempt !== undefined;
  assert(isMade, `${id}: an attempt was recorded, not made`);
  const made = [message.webhookId, message.deliveryId, message.round, message.number];
  assert.deepEqual(made, [delivery.webhookId, id, round, tries], `${id}: the recorded attempt`);
  assert.equal(tries, (before?.tries ?? 0) + 1, `${id}: tries`);
  const { status: responded, error } = attempt;
  const response = error === undefined ? post.response : undefined;
  const received = response?.kind === 'response' ? response.status : undefined;
  assert.equal(responded, received, `${id}: the recorded response`);
  if (isSuccess(responded)) {
    assert.equal(status, 'delivered', `${id}: was received`);
    return;
  }
  const isLast =
    responded === 410 || tries === publishedDelaysMs.length || parseDeliveryId(id)?.sequence === 0;
  assert.equal(status, isLast ? 'failed' : 'pending', `${id}: after attempt ${tries} with ${responded}`);
  if (isLast) return;
  const waitMs = (nextAttemptAt ?? 0) - attempt.at - attempt.durationMs;
  const longest = Math.max(1.2 * (publishedDelaysMs[tries] ?? 0), longestWaitMs(response, attempt.at));
  assert(waitMs <= longest + 1000, `${id}: attempt ${tries + 1} waits ${waitMs} ms, not at most ${longest}`);
}

function longestWaitMs(response: WebhookResponse | undefined, at: number): number {
  const header = response?.kind === 'response' ? response.retryAfter : undefined;
  if (header === undefined) return 0;
  const waitMs = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - at;
  return Math.min(waitMs, longestRetryAfterMs);
}

/** Whether a status code means that the event was received. */
export function isSuccess(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

/** A delivery ends without an attempt only if its webhook is disabled or was deleted. */
function checkAbandoned(ledger: WebhookLedger, { value, ...to }: Entry<DeliveryWrite>): void {
  const { delivery, by } = value;
  assert.equal(delivery.status, 'failed', `${delivery.id}: was not sent`);
  assert(by !== undefined, `${delivery.id}: nobody processed it`);
  const webhooks = valuesIn(historyOf(ledger.webhooks, delivery.webhookId), { from: by.received, to });
  assert(
    webhooks.some((webhook) => webhook?.status !== 'active'),
    `${delivery.id}: was given up, though the webhook ${delivery.webhookId} is active`,
  );
}
