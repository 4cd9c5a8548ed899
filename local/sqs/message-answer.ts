import { isRecord, type JsonRecord } from '../assembly/json.ts';
import { attributesDigest, bodyDigest } from './message-digest.ts';
import type { ReceivedMessage } from './message-store.ts';

/** Which attributes of a message a caller asked for. */
export interface WantedAttributes {
  readonly system: readonly string[];
  readonly own: readonly string[];
  readonly accountId: string;
}

/** A received message as SQS answers it, with the attributes that were asked for. */
export function messageAnswer(message: ReceivedMessage, wanted: WantedAttributes): JsonRecord {
  const all: Readonly<Record<string, string>> = {
    SenderId: wanted.accountId,
    SentTimestamp: String(message.sentAtEpochMilliseconds),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtEpochMilliseconds),
  };
  const system = Object.entries(all).filter(
    ([name]) => wanted.system.includes('All') || wanted.system.includes(name),
  );
  const stored: unknown = JSON.parse(message.attributes);
  const own = Object.entries(isRecord(stored) ? stored : {}).filter(([name]) => isWanted(name, wanted.own));
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

/** Names are given whole, as `All`, or as the beginning of a name followed by `.*`. */
function isWanted(name: string, wanted: readonly string[]): boolean {
  return wanted.some((each) =>
    each === 'All' || each === '.*'
      ? true
      : each.endsWith('.*')
        ? name.startsWith(each.slice(0, -1))
        : each === name,
  );
}
