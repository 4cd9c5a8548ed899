import { join } from 'node:path';
import { recordOf } from '../assembly/json.ts';
import { AwsError } from '../aws-error.ts';
import type { AccessCheck, AwsRequest, AwsService, CloudModel, Part } from '../cloud.ts';
import { openMessageStore } from './message-store.ts';
import { type QueueSettings, queueSettings } from './queue-settings.ts';
import { receiver } from './receive-wait.ts';
import { QUEUE_OPERATIONS, type SqsContext, sendMessage } from './sqs-operations.ts';

/** How SQS is run. */
export interface SqsOptions {
  readonly model: CloudModel;
  /** Root of the data folder; messages are in `sqs/` below it. */
  readonly dataDirectory: string;
}

/** The running queues. */
export interface Sqs extends Part {
  readonly service: AwsService;
  /** Sends as the runtime itself; the caller has checked permission. Throws for an unknown queue. */
  sendToQueue(queueArn: string, body: string): Promise<void>;
}

/** Opens the app's standard queues on disk. Acknowledged messages survive the death of the process. */
export function startSqs(options: SqsOptions): Sqs {
  const queues = queueSettings(options.model);
  const store = openMessageStore(join(options.dataDirectory, 'sqs'), queues);
  const context: SqsContext = {
    store,
    receiver: receiver(store),
    accountId: options.model.accountId,
    queues,
  };
  return {
    service: {
      signingName: 'sqs',
      checks: (request) => checks(request, context),
      async handle(request) {
        const answer = await carryOut(request, context);
        return {
          status: 200,
          headers: { 'content-type': 'application/x-amz-json-1.0' },
          body: JSON.stringify(answer),
        };
      },
    },
    async sendToQueue(queueArn, body) {
      const queue = queues.find((each) => each.arn === queueArn);
      if (queue === undefined) throw new Error(`the app has no queue ${queueArn}`);
      sendMessage(queue, { MessageBody: body }, context);
    },
    async stop() {
      context.receiver.close();
      // Those sent away still look at the store once in this turn.
      await new Promise(setImmediate);
      store.close();
    },
  };
}

/** Batches need the permission of the single operation. */
const ACTIONS: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
};

function checks(request: AwsRequest, context: SqsContext): readonly AccessCheck[] {
  const { operation, input } = parse(request);
  if (operation === 'ListQueues') return [{ action: 'sqs:ListQueues', resource: '*' }];
  const queue = foundQueue(input, context);
  return [{ action: `sqs:${ACTIONS[operation] ?? operation}`, resource: queue.arn }];
}

function carryOut(request: AwsRequest, context: SqsContext): unknown {
  const { operation, input } = parse(request);
  if (operation === 'ListQueues') {
    const prefix = String(input['QueueNamePrefix'] ?? '');
    return {
      QueueUrls: context.queues.filter((queue) => queue.name.startsWith(prefix)).map((queue) => queue.url),
    };
  }
  const queue = foundQueue(input, context);
  if (operation === 'GetQueueUrl') return { QueueUrl: queue.url };
  const handler = QUEUE_OPERATIONS[operation];
  if (handler === undefined) throw new AwsError('UnsupportedOperation', `${operation} is not known here`);
  return handler(queue, input, context);
}

function parse(request: AwsRequest) {
  const operation = request.headers['x-amz-target']?.split('.').at(-1);
  if (operation === undefined)
    throw new AwsError('UnsupportedOperation', 'only the JSON protocol of SQS is known here');
  try {
    return { operation, input: recordOf(JSON.parse(request.body.toString() || '{}'), 'the request') };
  } catch {
    throw new AwsError('SerializationException', 'the request is not a JSON object');
  }
}

/** A queue is told by the end of its URL: clients may put this machine's address before it. */
function foundQueue(input: ReturnType<typeof parse>['input'], context: SqsContext): QueueSettings {
  const name = String(input['QueueName'] ?? input['QueueUrl'] ?? '')
    .split('/')
    .at(-1);
  const queue = context.queues.find((each) => each.name === name);
  if (queue === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
  return queue;
}
