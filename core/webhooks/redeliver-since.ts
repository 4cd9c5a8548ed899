import { parseTimestamp } from '../contract/date-time.ts';
import type { RedeliverRequest } from '../contract/schemas/webhook-schemas.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { RedeliveryMessage, WebhookQueue } from '../ports/webhooks/webhook-queue.ts';
import type { WebhookKey, WebhookStore } from '../ports/webhooks/webhook-store.ts';
import { getWebhook } from './get-webhook.ts';
import { sendOrThrow } from './records/send-or-throw.ts';
import { requireActive, type WebhookPrecondition } from './webhook-problems.ts';

export interface RedeliverSinceDeps {
  readonly webhooks: Pick<WebhookStore, 'get'>;
  readonly webhookQueue: WebhookQueue;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'jobId'>;
}

export interface RedeliverSinceInput {
  readonly key: WebhookKey;
  readonly request: RedeliverRequest;
  readonly meetsPrecondition?: WebhookPrecondition;
}

/**
 * Requests the repetition of the deliveries of events since a time, in the background. Throws `not-found`, `precondition-failed` and
 * `webhook-disabled`.
 */
export async function redeliverSince(
  deps: RedeliverSinceDeps,
  { key, request, meetsPrecondition }: RedeliverSinceInput,
): Promise<RedeliveryMessage> {
  requireActive(await getWebhook(deps, key, meetsPrecondition));
  const now = deps.clock.now();
  const { tenant, webhookId } = key;
  const message: RedeliveryMessage = {
    kind: 'redelivery',
    tenant,
    webhookId,
    requestId: deps.random.jobId(now),
    since: Math.min(Math.max(parseTimestamp(request.since) ?? 0, 0), now),
    until: now,
    include: request.include ?? 'failed',
  };
  await sendOrThrow(deps.webhookQueue, [{ message }]);
  return message;
}
