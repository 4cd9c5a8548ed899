import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { WebhookQueue } from '../ports/webhooks/webhook-queue.ts';
import type { WebhookKey, WebhookStore } from '../ports/webhooks/webhook-store.ts';
import { getWebhook } from './get-webhook.ts';
import { deliveryIdOf } from './model/delivery.ts';
import { sendOrThrow } from './records/send-or-throw.ts';
import { requireActive, type WebhookPrecondition } from './webhook-problems.ts';

export interface TestWebhookDeps {
  readonly webhooks: Pick<WebhookStore, 'get'>;
  readonly webhookQueue: WebhookQueue;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'jobId'>;
}

/**
 * Requests the delivery of a test event, and returns the ID of the delivery. Throws `not-found`, `precondition-failed` and
 * `webhook-disabled`.
 */
export async function testWebhook(
  deps: TestWebhookDeps,
  key: WebhookKey,
  meetsPrecondition?: WebhookPrecondition,
): Promise<string> {
  requireActive(await getWebhook(deps, key, meetsPrecondition));
  const at = deps.clock.now();
  const deliveryId = deliveryIdOf({ at, jobId: deps.random.jobId(at), sequence: 0 });
  const { tenant, webhookId } = key;
  const message = { kind: 'attempt', tenant, webhookId, deliveryId, round: 0, number: 1 } as const;
  await sendOrThrow(deps.webhookQueue, [{ message }]);
  return deliveryId;
}
