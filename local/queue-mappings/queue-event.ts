import type { InvokeResult } from '../cloud.ts';
import { isRecord, type JsonRecord, listOf } from '../json.ts';
import { bodyDigest } from '../sqs/message-digest.ts';
import type { ReceivedMessage } from '../sqs/message-store.ts';

/** Where a message comes from. */
export interface MessageOrigin {
  readonly queueArn: string;
  readonly accountId: string;
  readonly region: string;
}

/** Formats a message as a function receives it. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function messageRecord(message: ReceivedMessage, origin: MessageOrigin): JsonRecord {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: origin.accountId,
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    },
    messageAttributes: messageAttributes(message),
    md5OfBody: bodyDigest(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: origin.queueArn,
    awsRegion: origin.region,
  };
}

function messageAttributes(message: ReceivedMessage): JsonRecord {
  const stored: unknown = JSON.parse(message.attributes);
  return Object.fromEntries(
    Object.entries(isRecord(stored) ? stored : {}).map(([name, value]) => {
      const { StringValue, BinaryValue, DataType } = isRecord(value) ? value : {};
      const content = StringValue === undefined ? { binaryValue: BinaryValue } : { stringValue: StringValue };
      return [name, { ...content, stringListValues: [], binaryListValues: [], dataType: DataType }];
    }),
  );
}

/**
 * Returns a record as filters see it: with a body that is a JSON object parsed.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
 */
export function filteredRecord(record: JsonRecord): JsonRecord {
  const body = parsed(String(record['body']));
  return isRecord(body) ? { ...record, body } : record;
}

/**
 * Returns the messages that the function has processed, which are deleted from the queue. A report that names no message
 * of the batch fails the whole batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function processedMessages(
  result: InvokeResult,
  messages: readonly ReceivedMessage[],
  reportsItemFailures: boolean,
): readonly ReceivedMessage[] {
  if (result.functionError !== undefined) return [];
  const output = reportsItemFailures ? parsed(result.payload) : undefined;
  const failures = isRecord(output) ? listOf(output['batchItemFailures'] ?? undefined) : [];
  const failed = failures.map((item) => (isRecord(item) ? item['itemIdentifier'] : undefined));
  const isKnown = (id: unknown) => messages.some(({ messageId }) => messageId === id);
  if (!failed.every(isKnown)) return [];
  return messages.filter(({ messageId }) => !failed.includes(messageId));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
