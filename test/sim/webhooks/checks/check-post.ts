import assert from 'node:assert/strict';
import type { JobChange } from '../../../../core/events/publish-events.ts';
import type { AttemptMessage } from '../../../../core/ports/webhooks/webhook-queue.ts';
import { parseDeliveryId } from '../../../../core/webhooks/model/delivery.ts';
import { maxSkew } from '../../world.ts';
import { type Period, valuesIn } from '../history.ts';
import { deliveryKey, historyOf, type Post, type Processing, type WebhookLedger } from '../webhook-ledger.ts';
import { checkSignatures } from './check-signatures.ts';
import { formsOf } from './event-truth.ts';
import { longestRetryAfterMs, publishedDelaysMs } from './schedule.ts';

/** Differences of two clocks, and the rounding of delays. */
const toleranceMs = 2 * maxSkew + 1000;

interface Checked {
  readonly ledger: WebhookLedger;
  readonly changes: readonly JobChange[];
  readonly message: AttemptMessage;
  readonly processing: Processing;
  readonly post: Post;
  /** From the receipt of the message to the request. */
  readonly period: Period;
}

/**
 * A request goes to the current URL of an active webhook, for an attempt that was not recorded and not too early, with the event
 * as its log contains it, signed with the valid secrets. When its message is acknowledged, the delivery is on record.
 */
export function checkPost(
  ledger: WebhookLedger,
  processing: Processing,
  changes: readonly JobChange[],
): void {
  const { message, post, received } = processing;
  if (post === undefined) return;
  assert(message.kind === 'attempt', `${message.webhookId}: a redelivery sent a request itself`);
  const checked = { ledger, changes, message, processing, post, period: { from: received, to: post } };
  checkTarget(checked);
  checkTurn(checked);
  checkContent(checked);
  checkSignatures(ledger, checked);
  const writes = historyOf(ledger.deliveries, deliveryKey(message.webhookId, message.deliveryId));
  const isListed = writes.some(({ order }) => order < (processing.ended ?? post).order);
  const wasReported = processing.isAcknowledged === true;
  assert(isListed || !wasReported, `${message.deliveryId}: no record mentions a request that was made`);
}

function checkTarget({ ledger, message, post, period }: Checked): void {
  const { webhookId, deliveryId, tenant } = message;
  const { url, body } = post.request;
  const webhooks = valuesIn(historyOf(ledger.webhooks, webhookId), period);
  const about = `${deliveryId}: a request to the webhook ${webhookId}`;
  assert(
    webhooks.some((webhook) => webhook !== undefined),
    `${about}, which was deleted`,
  );
  assert(
    webhooks.some((webhook) => webhook?.status === 'active'),
    `${about}, which is disabled`,
  );
  assert(
    webhooks.some((webhook) => webhook?.url === url),
    `${about} at ${url}, which is not its URL`,
  );
  const { tenant: owner } = JSON.parse(body) as { readonly tenant: string }; // any event has one
  assert.deepEqual([new URL(url).hostname, owner], [`${tenant}.example`, tenant], `${about} of a tenant`);
}

/** The attempt is the next one of the delivery, and its wait is over. */
function checkTurn({ ledger, message, post, period }: Checked): void {
  const { webhookId, deliveryId, round, number } = message;
  assert(number <= publishedDelaysMs.length, `${deliveryId}: attempt ${number}`);
  const history = historyOf(ledger.deliveries, deliveryKey(webhookId, deliveryId));
  const isNext = valuesIn(history, period).some((write) => {
    if (write === undefined) return round === 0 && number === 1;
    const { status, round: current, tries } = write.delivery;
    return status === 'pending' && current === round && tries === number - 1;
  });
  assert(isNext, `${deliveryId}: attempt ${number} of round ${round} was made though it is not the next one`);
  const last = history.find(({ value }) =>
    value?.delivery.round === round ? value.delivery.tries === number - 1 : false,
  )?.value;
  const made = last?.delivery.attempts.at(-1);
  if (number === 1 || made === undefined) return;
  const endedAt = made.at + made.durationMs;
  const requested = requestedWaitMs(last?.by?.post, endedAt);
  const waitMs = Math.max(publishedDelaysMs[number - 1] ?? 0, requested);
  assert(
    post.at >= endedAt + waitMs - toleranceMs,
    `${deliveryId}: attempt ${number} at ${post.at}, ${post.at - endedAt} ms after the previous one, not ${waitMs}`,
  );
}

function requestedWaitMs(post: Post | undefined, endedAt: number): number {
  const header = post?.response?.kind === 'response' ? post.response.retryAfter : undefined;
  if (header === undefined) return 0;
  const waitMs = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - endedAt;
  return Math.min(waitMs, longestRetryAfterMs);
}

/** The body is the event, of which only the name, the tags and the service of a draft can change. */
function checkContent({ changes, message, processing, post }: Checked): void {
  const { webhookId, deliveryId } = message;
  const { body, headers } = post.request;
  const delivered = parseDeliveryId(deliveryId);
  assert(delivered !== undefined, `${deliveryId}: is no ID of a delivery`);
  const eventId = `${delivered.jobId}/${delivered.sequence}`;
  assert.equal(headers['webhook-id'], eventId, `${deliveryId}: webhook-id`);
  const sentAt = Number(headers['webhook-timestamp']) * 1000;
  const isTimely = sentAt >= processing.received.at - toleranceMs && sentAt <= post.at + toleranceMs;
  assert(isTimely, `${deliveryId}: webhook-timestamp ${sentAt}`);
  if (delivered.sequence === 0) {
    const { id, type, data } = JSON.parse(body) as Record<string, unknown>; // any JSON object
    assert.deepEqual(
      [id, type, data],
      [eventId, 'errand.webhook.test', { webhookId }],
      `${deliveryId}: test`,
    );
    return;
  }
  const forms = formsOf(eventId, changes, { from: processing.changes, to: post.changes });
  assert(forms.includes(body), `${deliveryId}: received ${body}, not ${forms.join(' or ')}`);
  const { time } = JSON.parse(body) as { readonly time: string }; // a CloudEvent
  assert.equal(Date.parse(time), delivered.at, `${deliveryId}: the time of the event`);
}
