import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { WebhookKey, WebhookStore } from '../../ports/webhooks/webhook-store.ts';
import type { StoredWebhook, Webhook } from '../model/webhook.ts';

/** The decision about a webhook: what to write if something changes, and the result for the caller. */
export interface WebhookDecision<Result> {
  readonly next?: Webhook;
  readonly health?: Parameters<WebhookStore['replace']>[2];
  readonly result: Result;
}

const maxTries = 10;

/**
 * Reads a webhook, decides, and writes on condition that it was not modified in between; after a conflict it reads and decides again.
 * Throws `unavailable` after ten conflicts.
 */
export async function updateWebhook<Result>(
  webhooks: Pick<WebhookStore, 'get' | 'replace'>,
  key: WebhookKey,
  decide: (current: StoredWebhook | undefined) => WebhookDecision<Result>,
): Promise<Result> {
  for (let tried = 0; tried < maxTries; tried += 1) {
    const current = await webhooks.get(key);
    const { next, health, result } = decide(current);
    if (current === undefined || next === undefined) return result;
    if ((await webhooks.replace(next, current.version, health)) === 'replaced') return result;
  }
  throw new ProblemError(
    'unavailable',
    `The webhook ${key.webhookId} is being modified by other requests; try again`,
  );
}
