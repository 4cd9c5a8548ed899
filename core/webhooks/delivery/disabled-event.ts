import { webhookUrn } from '../../contract/names.ts';
import type { WebhookEvent } from '../../contract/schemas/event-schemas.ts';
import { formatTime } from '../../jobs/queries/represent-job.ts';
import type { Webhook } from '../model/webhook.ts';

/** The event about a webhook that the service disabled; always the same for the same version. `baseUrl` without a trailing slash. */
export function disabledEvent(
  { tenant, id: webhookId, url, disabledReason, updatedAt, version }: Webhook,
  baseUrl: string,
): WebhookEvent {
  return {
    specversion: '1.0',
    id: `${webhookId}/${version}`,
    source: baseUrl,
    type: 'errand.webhook.disabled',
    subject: webhookUrn(webhookId),
    time: formatTime(updatedAt),
    datacontenttype: 'application/json',
    tenant,
    data: { webhookId, url, disabledReason: disabledReason === 'gone' ? 'gone' : 'failing' },
  };
}
