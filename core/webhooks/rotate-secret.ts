import { ProblemError } from '../contract/problems/problem-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { WebhookKey, WebhookSecretStore, WebhookStore } from '../ports/webhooks/webhook-store.ts';
import { getWebhook } from './get-webhook.ts';
import { webhookSecret } from './model/sign.ts';
import type { StoredWebhook, WebhookSecrets } from './model/webhook.ts';
import type { WebhookPrecondition } from './webhook-problems.ts';

export interface RotateSecretDeps {
  readonly webhooks: Pick<WebhookStore, 'get'>;
  readonly webhookSecrets: Pick<WebhookSecretStore, 'get' | 'replace'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'secret'>;
}

/** For how long deliveries are also signed with the previous secret; documented in docs/guides/webhooks.md. */
const previousSecretMs = 86_400_000;

/**
 * Replaces the secret of a webhook. For 24 hours, deliveries have a second signature with the previous secret; an older one is not
 * valid any more. Throws `not-found`, `precondition-failed`, and `unavailable` if the secret is being replaced by another request.
 */
export async function rotateSecret(
  deps: RotateSecretDeps,
  key: WebhookKey,
  meetsPrecondition?: WebhookPrecondition,
): Promise<{ readonly webhook: StoredWebhook; readonly secrets: WebhookSecrets }> {
  const webhook = await getWebhook(deps, key, meetsPrecondition);
  const stored = await deps.webhookSecrets.get(key);
  if (stored === undefined) throw new Error(`The webhook ${key.webhookId} has no secret`);
  const secrets = {
    current: webhookSecret(deps.random.secret()),
    previous: { secret: stored.current, expiresAt: deps.clock.now() + previousSecretMs },
    version: stored.version + 1,
  };
  if ((await deps.webhookSecrets.replace(key, secrets, stored.version)) === 'replaced')
    return { webhook, secrets };
  throw new ProblemError(
    'unavailable',
    `The secret of the webhook ${key.webhookId} is being replaced by another request; try again`,
  );
}
