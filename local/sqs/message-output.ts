import { isRecord, type JsonRecord } from '../json.ts';
import { attributesDigest, bodyDigest } from './message-digest.ts';
import type { ReceivedMessage } from './message-store.ts';

/** Attributes of a message that the caller requested. */
export interface RequestedAttributes {
  readonly system: readonly string[];
  readonly own: readonly string[];
  readonly accountId: string;
}

/** Formats a received message as SQS returns it, with the requested attributes. */
export function messageOutput(message: ReceivedMessage, requested: RequestedAttributes): JsonRecord {
  const all: Readonly<Record<string, string>> = {
    SenderId: requested.accountId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  };
  const system = Object.entries(all).filter(
    ([name]) => requested.system.includes('All') || requested.system.includes(name),
  );
  const stored: unknown = JSON.parse(message.attributes);
  const own = Object.entries(isRecord(stored) ? stored : {}).filter(([name]) =>
    isRequested(name, requested.own),
  );
  const digest = attributesDigest(Object.fromEntries(own));
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: bodyDigest(message.body),
    ...(system.length === 0 ? {} : { Attributes: Object.fromEntries(system) }),
    ...(own.length === 0
      ? {}
      : { MessageAttributes: Object.fromEntries(own), MD5OfMessageAttributes: digest }),
  };
}

/** Matches an attribute name: `All`, the complete name, or the beginning of a name followed by `.*`. */
function isRequested(name: string, requested: readonly string[]): boolean {
  return requested.some((each) =>
    each === 'All' || each === '.*'
      ? true
      : each.endsWith('.*')
        ? name.startsWith(each.slice(0, -1))
        : each === name,
  );
}
