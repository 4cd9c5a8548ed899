import type { WebhookMessage } from '../../ports/webhooks/webhook-queue.ts';
import { asError } from '../../std/as-error.ts';
import { type AttemptDeliveryDeps, attemptDelivery } from './attempt-delivery.ts';
import { type ContinueRedeliveryDeps, continueRedelivery } from './continue-redelivery.ts';

/** A message that was received, with its ID in the queue. */
export interface ReceivedMessage {
  readonly id: string;
  /** Returns the content of the message; throws if it is unreadable. */
  read(): WebhookMessage;
}

/** Processes messages at the same time, and returns the IDs of those that must be processed again. */
export async function processMessages(
  deps: AttemptDeliveryDeps & ContinueRedeliveryDeps,
  messages: readonly ReceivedMessage[],
): Promise<readonly string[]> {
  const failed = await Promise.all(
    messages.map(async ({ id, read }) => {
      try {
        const message = read();
        if (message.kind === 'redelivery') await continueRedelivery(deps, message);
        else await attemptDelivery(deps, message);
        return [];
      } catch (error) {
        deps.log.warn('webhook-message-failed', { messageId: id, error: asError(error) });
        return [id];
      }
    }),
  );
  return failed.flat();
}
