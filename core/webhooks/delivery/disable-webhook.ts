import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { WebhookAnnouncer } from '../../ports/webhooks/webhook-announcer.ts';
import type { WebhookKey, WebhookStore } from '../../ports/webhooks/webhook-store.ts';
import type { StoredWebhook } from '../model/webhook.ts';
import { updateWebhook } from '../records/update-webhook.ts';

export interface DisableWebhookDeps {
  readonly webhooks: Pick<WebhookStore, 'get' | 'replace' | 'recordAnnouncement'>;
  readonly announcer: WebhookAnnouncer;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/**
 * Disables a webhook and publishes an event about it. If it crashes in between, the next message for the webhook publishes the event
 * (`announceIfDue`). Does nothing if the webhook is not active.
 */
export async function disableWebhook(
  deps: DisableWebhookDeps,
  key: WebhookKey,
  disabledReason: 'gone' | 'failing',
): Promise<void> {
  const disabled = await updateWebhook(deps.webhooks, key, (current) => {
    if (current?.status !== 'active') return { result: undefined };
    const { health, ...webhook } = current;
    const next = {
      ...webhook,
      status: 'disabled' as const,
      disabledReason,
      updatedAt: Math.max(deps.clock.now(), webhook.updatedAt),
      version: webhook.version + 1,
    };
    const isUnannounced = true as const;
    return { next, health: { isUnannounced }, result: { ...next, health: { ...health, isUnannounced } } };
  });
  if (disabled === undefined) return;
  deps.log.info('webhook-disabled', { webhookId: key.webhookId, reason: disabledReason });
  await announceIfDue(deps, disabled);
}

/** Publishes the event about a webhook that the service disabled, unless it is known to be published. */
export async function announceIfDue(
  { announcer, webhooks }: Pick<DisableWebhookDeps, 'announcer' | 'webhooks'>,
  webhook: StoredWebhook | undefined,
): Promise<void> {
  if (webhook?.status !== 'disabled' || webhook.health.isUnannounced !== true) return;
  await announcer.announceDisabled(webhook);
  await webhooks.recordAnnouncement({ tenant: webhook.tenant, webhookId: webhook.id });
}
