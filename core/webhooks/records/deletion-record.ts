import type { Clock } from '../../ports/clock.ts';
import type { IdempotencyStore } from '../../ports/idempotency-store.ts';
import type { WebhookKey } from '../../ports/webhooks/webhook-store.ts';

export interface DeletionRecordDeps {
  readonly idempotency: IdempotencyStore;
  readonly clock: Pick<Clock, 'now'>;
}

/** For how long a repeated request is recognized; documented in docs/guides/api.md. */
export const retentionSeconds = 7 * 86_400;

/**
 * Records that a webhook is about to be deleted, for as long as its creation can be repeated. Written before the deletion, so that a
 * webhook that is missing without this record was never created.
 */
export async function recordDeletion(
  { idempotency, clock }: DeletionRecordDeps,
  key: WebhookKey,
): Promise<void> {
  const now = clock.now();
  const record = {
    jobId: key.webhookId,
    fingerprint: '-',
    expiresAtEpochSeconds: Math.ceil(now / 1000) + retentionSeconds,
  };
  await idempotency.remember(recordKey(key), record, now);
}

/** Whether a webhook that does not exist was deleted. Of a webhook that exists, it says nothing. */
export async function wasDeleted(
  { idempotency, clock }: DeletionRecordDeps,
  key: WebhookKey,
): Promise<boolean> {
  return (await idempotency.find(recordKey(key), clock.now())) !== undefined;
}

/** No key of a request contains a line break. */
function recordKey({ tenant, webhookId }: WebhookKey) {
  return { tenant, key: `deleted-webhook\n${webhookId}` };
}
