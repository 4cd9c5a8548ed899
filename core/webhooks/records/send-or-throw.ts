import type { OutgoingMessage, WebhookQueue } from '../../ports/webhooks/webhook-queue.ts';

/** Sends messages, and throws if any of them could not be sent. */
export async function sendOrThrow(queue: WebhookQueue, messages: readonly OutgoingMessage[]): Promise<void> {
  const unsent = messages.length === 0 ? [] : await queue.send(messages);
  if (unsent.length > 0) throw new Error(`${unsent.length} messages about webhooks could not be sent`);
}
