import type { Clock } from '../../ports/clock.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { Log } from '../../ports/log.ts';
import type { Settings } from '../../ports/settings.ts';
import type { WebhookStore } from '../../ports/webhooks/webhook-store.ts';
import type { StoredWebhook, Webhook } from '../model/webhook.ts';
import { updateWebhook } from '../records/update-webhook.ts';
import { disabledEvent } from './disabled-event.ts';

export interface DisableWebhookDeps {
  readonly webhooks: Pick<WebhookStore, 'get' | 'replace' | 'recordAnnouncement'>;
  readonly bus: EventBus;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly settings: Pick<Settings, 'apiBaseUrl'>;
}

/** Why an attempt disables its webhook; `failingSince` in epoch milliseconds. */
type DisablingCause =
  | { readonly reason: 'gone'; readonly failingSince?: undefined }
  | { readonly reason: 'failing'; readonly failingSince: number };

/**
 * Disables the webhook that an attempt was made for, and publishes an event about it. If it crashes in between, the next message for
 * the webhook publishes the event (`announceIfDue`). Does nothing if the webhook is not active, has another URL than in the attempt,
 * or does not fail since `failingSince`: then the attempt is no evidence about it.
 */
export async function disableWebhook(
  deps: DisableWebhookDeps,
  attempted: Pick<Webhook, 'tenant' | 'id' | 'url'>,
  { reason, failingSince }: DisablingCause,
): Promise<void> {
  const key = { tenant: attempted.tenant, webhookId: attempted.id };
  const disabled = await updateWebhook(deps.webhooks, key, (current) => {
    if (current?.status !== 'active' || current.url !== attempted.url) return { result: undefined };
    if (reason === 'failing' && current.health.failingSince !== failingSince) return { result: undefined };
    const { health, ...webhook } = current;
    const next = {
      ...webhook,
      status: 'disabled' as const,
      disabledReason: reason,
      updatedAt: Math.max(deps.clock.now(), webhook.updatedAt),
      version: webhook.version + 1,
    };
    const isUnannounced = true as const;
    return {
      next,
      health: { isUnannounced, ifFailingSince: failingSince },
      result: { ...next, health: { ...health, isUnannounced } },
    };
  });
  if (disabled === undefined) return;
  deps.log.info('webhook-disabled', { webhookId: key.webhookId, reason });
  await announceIfDue(deps, disabled);
}

/** Publishes the event about a webhook that the service disabled, unless it is known to be published. Throws if the bus refuses it. */
export async function announceIfDue(
  { bus, webhooks, settings }: Pick<DisableWebhookDeps, 'bus' | 'webhooks' | 'settings'>,
  webhook: StoredWebhook | undefined,
): Promise<void> {
  if (webhook?.status !== 'disabled' || webhook.health.isUnannounced !== true) return;
  const rejected = await bus.publish([disabledEvent(webhook, settings.apiBaseUrl)]);
  if (rejected.length > 0)
    throw new Error(`The event about the webhook ${webhook.id} could not be published`);
  await webhooks.recordAnnouncement({ tenant: webhook.tenant, webhookId: webhook.id });
}
