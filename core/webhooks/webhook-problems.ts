import { ProblemError } from '../contract/problems/problem-error.ts';
import type { Webhook } from './model/webhook.ts';

/** Returns whether a webhook meets the caller's precondition (If-Match, If-None-Match). */
export type WebhookPrecondition = (current: Webhook) => boolean;

/** The webhook, unless it does not exist or does not meet the precondition. Throws `not-found` and `precondition-failed`. */
export function requireWebhook<Stored extends Webhook>(
  current: Stored | undefined,
  webhookId: string,
  meetsPrecondition: WebhookPrecondition = () => true,
): Stored {
  if (current === undefined) throw new ProblemError('not-found', `The webhook ${webhookId} does not exist`);
  if (meetsPrecondition(current)) return current;
  throw new ProblemError(
    'precondition-failed',
    `The current ETag of the webhook is "${current.version}", which does not satisfy If-Match or If-None-Match; read the webhook again before you retry`,
  );
}

/** Throws `webhook-disabled` if nothing is delivered to a webhook. */
export function requireActive({ id, status }: Webhook): void {
  if (status === 'active') return;
  throw new ProblemError(
    'webhook-disabled',
    `The webhook ${id} is disabled; change its status to active first`,
  );
}
