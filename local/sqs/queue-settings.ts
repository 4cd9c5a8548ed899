import type { CloudModel, Resource } from '../cloud.ts';
import { isRecord } from '../json.ts';

/** A queue of the app with its defaults. */
export interface QueueSettings {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly delaySeconds: number;
  readonly maximumMessageBytes: number;
  readonly receiveWaitSeconds: number;
  /** Dead-letter queue for messages that were received too often. */
  readonly redrive?: { readonly targetArn: string; readonly maxReceiveCount: number };
}

/** Reports whether a value is the ARN of a queue. */
export function isQueueArn(value: unknown): value is string {
  return typeof value === 'string' && /^arn:aws[^:]*:sqs:/.test(value);
}

/**
 * Reads the app's queues. Defaults:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
 */
export function queueSettings(model: CloudModel): readonly QueueSettings[] {
  return model.ofType('AWS::SQS::Queue').map((queue) => {
    const number = (property: string, fallback: number) => Number(queue.properties[property] ?? fallback);
    const redrive = redriveOf(queue);
    return {
      name: queue.ref.split('/').at(-1) ?? queue.ref,
      arn: queue.arn ?? queue.ref,
      url: queue.ref,
      visibilityTimeoutSeconds: number('VisibilityTimeout', 30),
      retentionSeconds: number('MessageRetentionPeriod', 345_600),
      delaySeconds: number('DelaySeconds', 0),
      maximumMessageBytes: number('MaximumMessageSize', 1_048_576),
      receiveWaitSeconds: number('ReceiveMessageWaitTimeSeconds', 0),
      ...(redrive === undefined ? {} : { redrive }),
    };
  });
}

function redriveOf(queue: Resource): QueueSettings['redrive'] {
  const policy = queue.properties['RedrivePolicy'];
  if (!isRecord(policy)) return undefined;
  return {
    targetArn: String(policy['deadLetterTargetArn']),
    maxReceiveCount: Number(policy['maxReceiveCount']),
  };
}
