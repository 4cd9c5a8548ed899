import { parseWebhookId } from '../../../core/contract/names.ts';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { DeliveryKey } from '../../../core/ports/webhooks/delivery-store.ts';
import type { WebhookKey } from '../../../core/ports/webhooks/webhook-store.ts';
import { parseDeliveryId } from '../../../core/webhooks/model/delivery.ts';

type Params = Readonly<Record<string, string>>;

/**
 * The key of the webhook that a path identifies. It contains the caller's tenant, so webhooks of other tenants are never found.
 * Throws `not-found` when the text is not an ID.
 */
export function webhookKeyOf(tenant: string, params: Params): WebhookKey {
  const text = params['id'] ?? '';
  const webhookId = parseWebhookId(text);
  if (webhookId === undefined)
    throw new ProblemError('not-found', `The webhook ${text.slice(0, 100)} does not exist`);
  return { tenant, webhookId };
}

/** The key of the delivery that a path identifies. Throws `not-found` when a text is not an ID. */
export function deliveryKeyOf(tenant: string, params: Params): DeliveryKey {
  const key = webhookKeyOf(tenant, params);
  const deliveryId = params['deliveryId'] ?? '';
  if (parseDeliveryId(deliveryId) === undefined)
    throw new ProblemError('not-found', `The delivery ${deliveryId.slice(0, 100)} does not exist`);
  return { ...key, deliveryId };
}
