import { EventInvokeConfig, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

export interface DeadLetterQueueProps {
  /** A function that is invoked asynchronously; it must not have other settings for that. */
  readonly function: IFunction;
  readonly maxEventAge: Duration;
  /** How often Lambda retries an event on which it failed; 0 to 2. */
  readonly retryAttempts: number;
}

/**
 * Adds the queue `Failed` to the scope, and sets it as the failure destination of the function. The queue
 * keeps each event on which the function failed in all tries for 14 days. The source of the events may send
 * to it the events that it could not deliver. The retry settings of the function get the given ID.
 */
export function addDeadLetterQueue(scope: Construct, id: string, props: DeadLetterQueueProps): Queue {
  const queue = new Queue(scope, 'Failed', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  const reason =
    'It is a dead-letter queue itself, for a function and its rules, which cdk-nag does not detect.';
  Validations.of(queue).acknowledge(
    { id: 'AwsSolutions-SQS3', reason },
    { id: 'Serverless-SQSRedrivePolicy', reason },
  );
  new EventInvokeConfig(scope, id, { ...props, onFailure: new SqsDestination(queue) });
  return queue;
}
