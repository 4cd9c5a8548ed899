import { lazySqsClient } from '../../aws/clients/sqs-client.ts';
import { sqsWebhookQueue } from '../../aws/sqs/sqs-webhook-queue.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Settings } from '../../core/ports/settings.ts';
import type { WebhookQueue } from '../../core/ports/webhooks/webhook-queue.ts';

/** The queue of messages about webhooks, from the environment variables in `webhookQueueVariables`. */
export function webhookQueuePort(
  environment: { readonly WEBHOOK_QUEUE_URL: string },
  log: Log,
): WebhookQueue {
  return sqsWebhookQueue({ client: lazySqsClient(), queueUrl: environment.WEBHOOK_QUEUE_URL, log });
}

/** The settings of webhooks, from the environment variables in `localWebhookVariables`. */
export function webhookSettings(environment: {
  readonly ALLOW_LOOPBACK_WEBHOOKS?: 'true' | undefined;
  readonly WEBHOOK_DELAY_SCALE?: string | undefined;
}): Pick<Settings, 'allowsLoopbackWebhooks' | 'webhookDelayScale'> {
  return {
    allowsLoopbackWebhooks: environment.ALLOW_LOOPBACK_WEBHOOKS === 'true',
    webhookDelayScale: Number(environment.WEBHOOK_DELAY_SCALE ?? 1),
  };
}
