import type { WebhookMessage } from '../../ports/webhooks/webhook-queue.ts';
import { asError } from '../../std/as-error.ts';
import { type AttemptDeliveryDeps, attemptDelivery } from './attempt-delivery.ts';
import { type ContinueRedeliveryDeps, continueRedelivery } from './continue-redelivery.ts';
import { type DeliverMissedDeps, deliverMissed } from './deliver-missed.ts';

/** A message that was received, with its ID in the queue. */
export interface ReceivedMessage {
  readonly id: string;
  /** Returns the content of the message; throws if it is unreadable. */
  read(): WebhookMessage;
}

export interface ProcessMessagesDeps extends AttemptDeliveryDeps, ContinueRedeliveryDeps, DeliverMissedDeps {
  readonly webhooks: AttemptDeliveryDeps['webhooks'];
  readonly deliveries: AttemptDeliveryDeps['deliveries'] & ContinueRedeliveryDeps['deliveries'];
  readonly jobs: AttemptDeliveryDeps['jobs'] & DeliverMissedDeps['jobs'];
  readonly clock: AttemptDeliveryDeps['clock'];
  readonly settings: AttemptDeliveryDeps['settings'] & DeliverMissedDeps['settings'];
}

/** Processes messages at the same time, and returns the IDs of those that must be processed again. */
export async function processMessages(
  deps: ProcessMessagesDeps,
  messages: readonly ReceivedMessage[],
): Promise<readonly string[]> {
  const failed = await Promise.all(
    messages.map(async ({ id, read }) => {
      try {
        const message = read();
        await process(deps, message);
        return [];
      } catch (error) {
        deps.log.warn('webhook-message-failed', { messageId: id, error: asError(error) });
        return [id];
      }
    }),
  );
  return failed.flat();
}

async function process(deps: ProcessMessagesDeps, message: WebhookMessage): Promise<void> {
  if (message.kind === 'attempt') await attemptDelivery(deps, message);
  else if (message.include === 'missed') await deliverMissed(deps, message);
  else await continueRedelivery(deps, message);
}
