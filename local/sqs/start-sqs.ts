import { join } from 'node:path';
import { AwsError } from '../aws-error.ts';
import type { AccessCheck, AwsRequest, AwsService, CloudModel, Part } from '../cloud.ts';
import { requestBody } from '../request-body.ts';
import { openMessageStore, type ReceivedMessage } from './message-store.ts';
import { type QueueSettings, queueSettings } from './queue-settings.ts';
import { type ReceiveRequest, receiver } from './receive-wait.ts';
import { queueOperations, type SqsContext, sendMessage } from './sqs-operations.ts';

/** Options of SQS. */
export interface SqsOptions {
  readonly model: CloudModel;
  /** Root of the data folder; messages are in `sqs/` below it. */
  readonly dataDirectory: string;
}

/** The running queues. */
export interface Sqs extends Part {
  readonly service: AwsService;
  /**
   * Sends a message for the runtime itself; the caller has checked permission. Throws for an unknown queue.
   */
  sendToQueue(queueArn: string, body: string): Promise<void>;
  /**
   * Receives messages for the runtime itself, hidden for the visibility timeout of the queue; the caller has checked
   * permission. Throws for an unknown queue.
   */
  receiveFrom(
    queueArn: string,
    request: Pick<ReceiveRequest, 'limit' | 'waitSeconds' | 'signal'>,
  ): Promise<readonly ReceivedMessage[]>;
  /** Deletes messages that were received; the caller has checked permission. Throws for an unknown queue. */
  removeFrom(queueArn: string, messages: readonly ReceivedMessage[]): void;
}

/** Opens the app's standard queues on disk. Acknowledged messages survive the end of the process. */
export function startSqs(options: SqsOptions): Sqs {
  const queues = queueSettings(options.model);
  const store = openMessageStore(join(options.dataDirectory, 'sqs'), queues);
  const context: SqsContext = {
    store,
    receiver: receiver(store),
    accountId: options.model.accountId,
    queues,
  };
  const byArn = (queueArn: string): QueueSettings => {
    const queue = queues.find(({ arn }) => arn === queueArn);
    if (queue === undefined) throw new Error(`the app has no queue with the ARN ${queueArn}`);
    return queue;
  };
  return {
    service: {
      signingName: 'sqs',
      checks: (request) => checks(request, context),
      async handle(request) {
        const output = await execute(request, context);
        return {
          status: 200,
          headers: { 'content-type': 'application/x-amz-json-1.0' },
          body: JSON.stringify(output),
        };
      },
    },
    async sendToQueue(queueArn, body) {
      sendMessage(byArn(queueArn), { MessageBody: body }, context);
    },
    async receiveFrom(queueArn, request) {
      const queue = byArn(queueArn);
      const { visibilityTimeoutSeconds } = queue;
      return context.receiver.receive({ ...request, queue, visibilityTimeoutSeconds });
    },
    removeFrom(queueArn, messages) {
      const queue = byArn(queueArn);
      for (const { receiptHandle } of messages) store.remove(queue, receiptHandle);
    },
    async stop() {
      context.receiver.close();
      // Receivers whose wait has ended read the store once more in this turn of the event loop.
      await new Promise(setImmediate);
      store.close();
    },
  };
}

/** Batch operations need the permission of the single operation. */
const actionsByOperation: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
};

function checks(request: AwsRequest, context: SqsContext): readonly AccessCheck[] {
  const { operation, input } = parse(request);
  if (operation === 'ListQueues') return [{ action: 'sqs:ListQueues', resource: '*' }];
  const queue = foundQueue(input, context);
  return [{ action: `sqs:${actionsByOperation[operation] ?? operation}`, resource: queue.arn }];
}

function execute(request: AwsRequest, context: SqsContext): unknown {
  const { operation, input } = parse(request);
  if (operation === 'ListQueues') {
    const prefix = String(input['QueueNamePrefix'] ?? '');
    return {
      QueueUrls: context.queues.filter((queue) => queue.name.startsWith(prefix)).map((queue) => queue.url),
    };
  }
  const queue = foundQueue(input, context);
  if (operation === 'GetQueueUrl') return { QueueUrl: queue.url };
  const handler = queueOperations[operation];
  if (handler === undefined)
    throw new AwsError('UnsupportedOperation', `${operation} is not supported by the local runtime`);
  return handler(queue, input, context);
}

function parse(request: AwsRequest) {
  const operation = request.headers['x-amz-target']?.split('.').at(-1);
  if (operation === undefined)
    throw new AwsError('UnsupportedOperation', 'the local runtime supports only the JSON protocol of SQS');
  return { operation, input: requestBody(request.body) };
}

/** Finds a queue by the end of its URL, because clients may use another address of this machine in it. */
function foundQueue(input: ReturnType<typeof parse>['input'], context: SqsContext): QueueSettings {
  const name = String(input['QueueName'] ?? input['QueueUrl'] ?? '')
    .split('/')
    .at(-1);
  const queue = context.queues.find((each) => each.name === name);
  if (queue === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
  return queue;
}
