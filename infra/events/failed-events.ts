import { Duration, Validations } from 'aws-cdk-lib';
import { EventInvokeConfig, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface FailedEventsProps {
  /** A function that is invoked asynchronously; it must not have other settings for that. */
  readonly function: IFunction;
  readonly maxEventAge: Duration;
  /** How often Lambda retries an event on which it failed; 0 to 2. */
  readonly retryAttempts: number;
}

/**
 * Adds the queue `Failed` to the scope, which keeps each event for 14 days after the function failed on all
 * tries, and under the given id the retry settings with the queue as failure destination. The source of the
 * events may use the queue for events that it could not deliver.
 */
export function keepFailedEvents(scope: Construct, id: string, props: FailedEventsProps): Queue {
  const failed = new Queue(scope, 'Failed', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  const reason =
    'It is a dead-letter queue itself, for a function and its rules, which cdk-nag does not detect.';
  Validations.of(failed).acknowledge(
    { id: 'AwsSolutions-SQS3', reason },
    { id: 'Serverless-SQSRedrivePolicy', reason },
  );
  new EventInvokeConfig(scope, id, { ...props, onFailure: new SqsDestination(failed) });
  return failed;
}
