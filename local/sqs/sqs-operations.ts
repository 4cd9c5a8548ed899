import { AwsError } from '../aws-error.ts';
import { isRecord, type JsonRecord, listOf } from '../json.ts';
import { executeBatch } from './execute-batch.ts';
import { attributesDigest, attributesSizeBytes, bodyDigest } from './message-digest.ts';
import { messageOutput } from './message-output.ts';
import type { MessageStore } from './message-store.ts';
import type { QueueSettings } from './queue-settings.ts';
import type { Receiver } from './receive-wait.ts';

/** Dependencies of an operation on a queue. */
export interface SqsContext {
  readonly store: MessageStore;
  readonly receiver: Receiver;
  readonly accountId: string;
  readonly queues: readonly QueueSettings[];
}

type QueueOperation = (
  queue: QueueSettings,
  input: JsonRecord,
  context: SqsContext,
) => Promise<JsonRecord> | JsonRecord;

/**
 * Operations on a queue by name.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
 */
export const queueOperations: Readonly<Record<string, QueueOperation>> = {
  SendMessage: sendMessage,
  SendMessageBatch: (queue, input, context) =>
    executeBatch(input, (entry) => sendMessage(queue, entry, context)),
  ReceiveMessage: receiveMessage,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: (queue, input, context) =>
    executeBatch(input, (entry) => deleteMessage(queue, entry, context)),
  ChangeMessageVisibility: changeVisibility,
  ChangeMessageVisibilityBatch: (queue, input, context) =>
    executeBatch(input, (entry) => changeVisibility(queue, entry, context)),
  GetQueueAttributes: getQueueAttributes,
  PurgeQueue(queue, _input, { store }) {
    store.purge(queue);
    return {};
  },
};

/** Stores a message. Throws `AwsError` `InvalidParameterValue` if it is empty or too large. */
export function sendMessage(
  queue: QueueSettings,
  input: JsonRecord,
  { store, receiver }: SqsContext,
): JsonRecord {
  const body = input['MessageBody'];
  const attributes = isRecord(input['MessageAttributes']) ? input['MessageAttributes'] : {};
  if (typeof body !== 'string' || body === '')
    throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
  const sizeBytes = Buffer.byteLength(body) + attributesSizeBytes(attributes);
  if (sizeBytes > queue.maximumMessageBytes) {
    throw new AwsError(
      'InvalidParameterValue',
      `One or more parameters are invalid. Reason: Message must be shorter than ${queue.maximumMessageBytes} bytes.`,
    );
  }
  const delaySeconds = wholeNumber(input['DelaySeconds'], {
    name: 'DelaySeconds',
    fallback: queue.delaySeconds,
    max: 900,
  });
  const messageId = store.send(queue, { body, attributes: JSON.stringify(attributes), delaySeconds });
  receiver.wake();
  const digest = attributesDigest(attributes);
  return {
    MessageId: messageId,
    MD5OfMessageBody: bodyDigest(body),
    ...(digest === undefined ? {} : { MD5OfMessageAttributes: digest }),
  };
}

async function receiveMessage(
  queue: QueueSettings,
  input: JsonRecord,
  { receiver, accountId }: SqsContext,
): Promise<JsonRecord> {
  const number = (name: string, fallback: number, max: number) =>
    wholeNumber(input[name], { name, fallback, max });
  const messages = await receiver.receive({
    queue,
    limit: number('MaxNumberOfMessages', 1, 10),
    visibilityTimeoutSeconds: number('VisibilityTimeout', queue.visibilityTimeoutSeconds, 43_200),
    waitSeconds: number('WaitTimeSeconds', queue.receiveWaitSeconds, 20),
  });
  const system = [...listOf(input['AttributeNames']), ...listOf(input['MessageSystemAttributeNames'])].map(
    String,
  );
  const own = listOf(input['MessageAttributeNames']).map(String);
  const outputs = messages.map((message) => messageOutput(message, { system, own, accountId }));
  return outputs.length === 0 ? {} : { Messages: outputs };
}

function deleteMessage(queue: QueueSettings, input: JsonRecord, { store }: SqsContext): JsonRecord {
  store.remove(queue, String(input['ReceiptHandle']));
  return {};
}

function changeVisibility(
  queue: QueueSettings,
  input: JsonRecord,
  { store, receiver }: SqsContext,
): JsonRecord {
  const seconds = wholeNumber(input['VisibilityTimeout'], {
    name: 'VisibilityTimeout',
    fallback: undefined,
    max: 43_200,
  });
  if (!store.changeVisibility(queue, String(input['ReceiptHandle']), seconds)) {
    throw new AwsError('MessageNotInflight', 'The message referred to is not in flight.');
  }
  receiver.wake();
  return {};
}

function getQueueAttributes(queue: QueueSettings, input: JsonRecord, { store }: SqsContext): JsonRecord {
  const counts = store.counts(queue);
  const all: Readonly<Record<string, string>> = {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(counts.visible),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
    VisibilityTimeout: String(queue.visibilityTimeoutSeconds),
    MessageRetentionPeriod: String(queue.retentionSeconds),
    DelaySeconds: String(queue.delaySeconds),
    MaximumMessageSize: String(queue.maximumMessageBytes),
    ReceiveMessageWaitTimeSeconds: String(queue.receiveWaitSeconds),
    ...(queue.redrive === undefined
      ? {}
      : {
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: queue.redrive.targetArn,
            maxReceiveCount: queue.redrive.maxReceiveCount,
          }),
        }),
  };
  const requested = listOf(input['AttributeNames']).map(String);
  return {
    Attributes: Object.fromEntries(
      Object.entries(all).filter(([name]) => requested.includes('All') || requested.includes(name)),
    ),
  };
}

interface NumberRule {
  readonly name: string;
  readonly fallback: number | undefined;
  readonly max: number;
}

function wholeNumber(value: unknown, { name, fallback, max }: NumberRule): number {
  const number = value ?? fallback;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= max) return number;
  throw new AwsError(
    'InvalidParameterValue',
    `Value ${String(value)} for parameter ${name} is invalid. Reason: Must be between 0 and ${max}.`,
  );
}
