import { ProblemError } from '../contract/problems/problem-error.ts';
import type { WebhookKey, WebhookSecretStore, WebhookStore } from '../ports/webhooks/webhook-store.ts';
import { getWebhook } from './get-webhook.ts';
import { type DeletionRecordDeps, recordDeletion } from './records/deletion-record.ts';
import type { WebhookPrecondition } from './webhook-problems.ts';

export interface DeleteWebhookDeps extends DeletionRecordDeps {
  readonly webhooks: Pick<WebhookStore, 'get' | 'remove'>;
  readonly webhookSecrets: Pick<WebhookSecretStore, 'remove'>;
}

const maxTries = 10;

/**
 * Deletes a webhook and then its secrets; if a crash separates the two, the secrets remain and sign nothing. Pending deliveries end
 * with their next message, and the records of deliveries expire. A repeated creation does not bring the webhook back. Throws `not-found` and `precondition-failed`.
 */
export async function deleteWebhook(
  deps: DeleteWebhookDeps,
  key: WebhookKey,
  meetsPrecondition?: WebhookPrecondition,
): Promise<void> {
  for (let tried = 0; tried < maxTries; tried += 1) {
    const { version } = await getWebhook(deps, key, meetsPrecondition);
    await recordDeletion(deps, key);
    if ((await deps.webhooks.remove(key, version)) === 'conflict') continue;
    await deps.webhookSecrets.remove(key);
    return;
  }
  throw new ProblemError(
    'unavailable',
    `The webhook ${key.webhookId} is being modified by other requests; try again`,
  );
}
