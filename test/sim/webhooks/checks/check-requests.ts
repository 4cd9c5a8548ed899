import assert from 'node:assert/strict';
import { parseDeliveryId } from '../../../../core/webhooks/model/delivery.ts';
import { type Moment, valuesSince } from '../history.ts';
import { historyOf, type OwnerRequest, type WebhookLedger } from '../webhook-ledger.ts';

/** What an owner requested was done, unless the webhook is not active meanwhile. */
export function checkRequests(ledger: WebhookLedger): void {
  for (const request of ledger.requests) {
    const { kind, webhookId, called, served } = request;
    if (kind === 'delete') {
      const webhooks = valuesSince(historyOf(ledger.webhooks, webhookId), served);
      assert(
        webhooks.every((webhook) => webhook === undefined),
        `${webhookId}: exists after its deletion`,
      );
      const secrets = historyOf(ledger.secrets, webhookId).at(-1)?.value;
      assert.equal(secrets, undefined, `${webhookId}: its secrets exist after its deletion`);
    } else if (wasActiveSince(ledger, webhookId, called)) {
      if (kind === 'redeliver-since') checkRepetition(ledger, request);
      else checkPosted(ledger, request);
    }
  }
}

function wasActiveSince({ webhooks }: WebhookLedger, webhookId: string, moment: Moment): boolean {
  return valuesSince(historyOf(webhooks, webhookId), moment).every((webhook) => webhook?.status === 'active');
}

function checkPosted(
  { processings }: WebhookLedger,
  { webhookId, deliveryId, called }: OwnerRequest & { readonly kind: 'test' | 'redeliver' },
): void {
  const isPosted = processings.some(
    ({ message, post }) =>
      message.kind === 'attempt' &&
      message.webhookId === webhookId &&
      message.deliveryId === deliveryId &&
      post !== undefined &&
      post.order > called.order,
  );
  assert(isPosted, `${deliveryId}: was not sent to the webhook ${webhookId}, though its owner requested it`);
}

/** Each delivery that the repetition includes was restarted. */
function checkRepetition(
  { deliveries }: WebhookLedger,
  { webhookId, message, called }: OwnerRequest & { readonly kind: 'redeliver-since' },
): void {
  // Missed events have no delivery yet: `checkEvents` checks them.
  if (message.include === 'missed') return;
  for (const [key, history] of deliveries) {
    const [first] = history;
    const event = parseDeliveryId(first?.value.delivery.id ?? '');
    if (first?.value.delivery.webhookId !== webhookId || event === undefined || event.sequence === 0)
      continue;
    if (event.at < message.since || event.at > message.until) continue;
    const before = history.findLast(({ order }) => order <= called.order)?.value.delivery;
    const isIncluded =
      before?.status === 'failed' || (before?.status === 'delivered' && message.include === 'all');
    if (!isIncluded) continue;
    const later = valuesSince(history, called).some((write) => (write?.delivery.round ?? 0) > before.round);
    assert(later, `${key}: was not repeated`);
  }
}
