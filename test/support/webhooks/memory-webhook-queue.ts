import type {
  OutgoingMessage,
  WebhookMessage,
  WebhookQueue,
} from '../../../core/ports/webhooks/webhook-queue.ts';

/** The in-memory queue, with the messages that were sent and not taken yet. */
export function memoryWebhookQueue(): WebhookQueue & {
  readonly sent: readonly OutgoingMessage[];
  /** Removes and returns all messages. */
  take(): readonly WebhookMessage[];
  /** Accepts no message, until it is called with false. */
  refuse(isRefusing: boolean): void;
} {
  const sent: OutgoingMessage[] = [];
  let refuses = false;
  return {
    sent,
    take: () => sent.splice(0).map(({ message }) => message),
    refuse: (isRefusing) => {
      refuses = isRefusing;
    },
    async send(messages) {
      if (refuses) return messages;
      sent.push(...structuredClone(messages));
      return [];
    },
  };
}
