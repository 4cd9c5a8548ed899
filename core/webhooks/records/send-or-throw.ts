import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { OutgoingMessage, WebhookQueue } from '../../ports/webhooks/webhook-queue.ts';

/** Sends messages. Throws `unavailable` if any of them could not be sent: a request or a message may be repeated then. */
export async function sendOrThrow(queue: WebhookQueue, messages: readonly OutgoingMessage[]): Promise<void> {
  const unsent = messages.length === 0 ? [] : await queue.send(messages);
  if (unsent.length > 0)
    throw new ProblemError(
      'unavailable',
      'The queue of deliveries is not available; repeat the request in a few seconds',
    );
}
