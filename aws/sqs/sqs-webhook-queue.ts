import type { SendMessageBatchRequestEntry, SQSClient } from '@aws-sdk/client-sqs';
import type { Log } from '../../core/ports/log.ts';
import type {
  OutgoingMessage,
  WebhookMessage,
  WebhookQueue,
} from '../../core/ports/webhooks/webhook-queue.ts';
import { asError } from '../../core/std/as-error.ts';
import { inParallel } from '../../core/std/in-parallel.ts';
import type { LazySqsClient } from '../clients/sqs-client.ts';
import { backoff } from '../system/backoff.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const maxCallEntries = 10;
const maxTries = 4;
const parallelCalls = 8;

interface QueueDeps {
  readonly client: LazySqsClient;
  readonly queueUrl: string;
  readonly log: Log;
}

/**
 * Sends messages to an SQS queue, ten in a call. The messages of a tenant are a group: as long as one tenant has most of the
 * messages that are being processed, for however many webhooks, those of the others come first
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html). SQS may accept some messages of a
 * call and reject others, which are sent up to four times in total, with growing random delays. A call that fails as a whole was
 * retried by the SDK.
 */
export function sqsWebhookQueue(deps: QueueDeps): WebhookQueue {
  return {
    async send(messages) {
      if (messages.length === 0) return [];
      const groups = Array.from({ length: Math.ceil(messages.length / maxCallEntries) }, (_, index) =>
        messages.slice(index * maxCallEntries, (index + 1) * maxCallEntries),
      );
      return (await inParallel(groups, parallelCalls, (group) => sendGroup(deps, group))).flat();
    },
  };
}

async function sendGroup(
  deps: QueueDeps,
  group: readonly OutgoingMessage[],
): Promise<readonly OutgoingMessage[]> {
  let unsent = group;
  try {
    const client = await deps.client();
    for (let tryNumber = 0; unsent.length > 0 && tryNumber < maxTries; tryNumber += 1) {
      if (tryNumber > 0) await backoff(tryNumber);
      unsent = await sendOnce(client, deps, unsent);
    }
  } catch (error) {
    deps.log.warn('messages-not-sent', { count: unsent.length, error: asError(error) });
  }
  return unsent;
}

async function sendOnce(
  client: SQSClient,
  { queueUrl, log }: QueueDeps,
  messages: readonly OutgoingMessage[],
): Promise<readonly OutgoingMessage[]> {
  const { SendMessageBatchCommand } = await import('@aws-sdk/client-sqs');
  const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: messages.map(entryOf) });
  const { Successful: accepted = [], Failed: failed = [] } = await client.send(command);
  const [first] = failed;
  if (first !== undefined)
    log.warn('messages-rejected', { count: failed.length, code: first.Code, reason: first.Message });
  const acceptedIds = new Set(accepted.map(({ Id }) => Id));
  return messages.filter((_, index) => !acceptedIds.has(String(index)));
}

function entryOf(
  { message, delaySeconds = 0 }: OutgoingMessage,
  index: number,
): SendMessageBatchRequestEntry {
  return {
    Id: String(index),
    MessageBody: JSON.stringify(message),
    DelaySeconds: delaySeconds,
    MessageGroupId: message.tenant,
  };
}

/** Reads the message in the body of a record; throws if the text was not written by `sqsWebhookQueue`. */
export function readWebhookMessage(body: string): WebhookMessage {
  const message = JSON.parse(body) as Partial<WebhookMessage>;
  if (message.kind !== 'attempt' && message.kind !== 'redelivery')
    throw new Error(`A message of the kind ${String(message.kind)} is unknown`);
  return message as WebhookMessage; // only the queue's own adapter writes messages
}
