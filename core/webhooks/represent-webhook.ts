import type {
  DeliveryRepresentation,
  WebhookReceipt,
  WebhookRepresentation,
} from '../contract/schemas/webhook-schemas.ts';
import { timeInId } from '../std/id-time.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import type { Delivery } from './model/delivery.ts';
import type { Webhook, WebhookHealth, WebhookSecrets } from './model/webhook.ts';

/** A webhook, without its secret; `baseUrl` without a trailing slash. */
export function representWebhook(
  webhook: Webhook & { readonly health?: WebhookHealth },
  baseUrl: string,
): WebhookRepresentation {
  const { id, url, description, status, disabledReason, health } = webhook;
  const self = webhookUrl(id, baseUrl);
  return {
    id,
    url,
    states: [...webhook.states],
    services: [...webhook.services],
    tags: [...webhook.tags],
    ...omitUndefined({ description }),
    status,
    ...omitUndefined({ disabledReason, failingSince: formatOptional(health?.failingSince) }),
    createdAt: formatTime(timeInId(id)),
    updatedAt: formatTime(webhook.updatedAt),
    version: webhook.version,
    links: { self, deliveries: `${self}/deliveries` },
  };
}

/** A webhook as it is shown to a caller that may not read it. */
export function receiptOfWebhook({ id, status, updatedAt }: Webhook, baseUrl: string): WebhookReceipt {
  return {
    id,
    status,
    createdAt: formatTime(timeInId(id)),
    updatedAt: formatTime(updatedAt),
    links: { self: webhookUrl(id, baseUrl) },
  };
}

/** The members that show the secret, only in the response to its creation. */
export function representSecrets({ current, previous }: WebhookSecrets) {
  return {
    secret: current,
    ...omitUndefined({ previousSecretExpiresAt: formatOptional(previous?.expiresAt) }),
  };
}

/** The URL of a webhook. */
export function webhookUrl(id: string, baseUrl: string): string {
  return `${baseUrl}/v1/webhooks/${id}`;
}

/** A delivery with its attempts. */
export function representDelivery(delivery: Delivery): DeliveryRepresentation {
  const { id, eventId, type, status, attempts, nextAttemptAt, updatedAt } = delivery;
  return {
    id,
    eventId,
    type,
    status,
    attempts: attempts.map(({ at, ...attempt }) => ({ at: formatTime(at), ...attempt })),
    ...omitUndefined({ nextAttemptAt: formatOptional(nextAttemptAt) }),
    updatedAt: formatTime(updatedAt),
  };
}

function formatOptional(timeMs: number | undefined): string | undefined {
  return timeMs === undefined ? undefined : formatTime(timeMs);
}

function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
