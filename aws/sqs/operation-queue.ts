import type { OperationQueue } from '../../core/ports/operations/operation-queue.ts';
import type { OperationKey } from '../../core/ports/operations/operation-store.ts';
import type { LazySqsClient } from '../clients/sqs-client.ts';

/** Sends operations to an SQS queue, one message each. */
export function operationQueue(deps: {
  readonly client: LazySqsClient;
  readonly queueUrl: string;
}): OperationQueue {
  return {
    async send(key, delaySeconds) {
      const client = await deps.client();
      const { SendMessageCommand } = await import('@aws-sdk/client-sqs');
      await client.send(
        new SendMessageCommand({
          QueueUrl: deps.queueUrl,
          MessageBody: JSON.stringify(key),
          DelaySeconds: delaySeconds,
        }),
      );
    },
  };
}

/** Reads the operation from the body of a message; throws for any other text. */
export function readMessage(body: string): OperationKey {
  const { tenant, operationId } = JSON.parse(body) as Partial<OperationKey>;
  if (typeof tenant !== 'string' || typeof operationId !== 'string')
    throw new Error('The message does not name an operation');
  return { tenant, operationId };
}
