import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { webhookUrn } from '../../core/contract/names.ts';
import type { WebhookAnnouncer } from '../../core/ports/webhooks/webhook-announcer.ts';

const source = 'errand';
const type = 'errand.webhook.disabled';

/** Publishes events about webhooks to an EventBridge bus, as CloudEvents like those of jobs. Throws if the bus rejects one. */
export function webhookAnnouncer({
  client,
  busName,
  apiBaseUrl,
}: {
  readonly client: EventBridgeClient;
  readonly busName: string;
  readonly apiBaseUrl: string;
}): WebhookAnnouncer {
  return {
    async announceDisabled({ tenant, id: webhookId, url, disabledReason, updatedAt, version }) {
      const subject = webhookUrn(webhookId);
      const time = new Date(updatedAt);
      const detail = {
        specversion: '1.0',
        id: `${webhookId}/${version}`,
        source: apiBaseUrl,
        type,
        subject,
        time: time.toISOString(),
        datacontenttype: 'application/json',
        tenant,
        data: { webhookId, url, disabledReason },
      };
      const Entries = [
        {
          EventBusName: busName,
          Source: source,
          DetailType: type,
          Detail: JSON.stringify(detail),
          Resources: [subject],
          Time: time,
        },
      ];
      const { Entries: [result] = [] } = await client.send(new PutEventsCommand({ Entries }));
      if (result?.ErrorCode !== undefined)
        throw new Error(`The event bus rejected ${type}: ${result.ErrorCode}: ${result.ErrorMessage}`);
    },
  };
}
