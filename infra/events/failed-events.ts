import { Duration, Validations } from 'aws-cdk-lib';
import { EventInvokeConfig, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface FailedEventsProps {
  /** Invoked asynchronously; it has no other settings for that. */
  readonly function: IFunction;
  readonly maxEventAge: Duration;
  /** How often Lambda invokes it again for an event on which it failed; 0 to 2. */
  readonly retryAttempts: number;
}

/**
 * Adds, below the scope, the queue `Failed` that keeps for 14 days each event on which the function failed at last, and
 * under the given id the settings by which Lambda tries and then puts it there. What brings the events may use the queue
 * for those that it could not bring.
 */
export function keepFailedEvents(scope: Construct, id: string, props: FailedEventsProps): Queue {
  const failed = new Queue(scope, 'Failed', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  const reason =
    'It is a dead-letter queue itself, for a function and its rules, where cdk-nag does not look for one.';
  Validations.of(failed).acknowledge(
    { id: 'AwsSolutions-SQS3', reason },
    { id: 'Serverless-SQSRedrivePolicy', reason },
  );
  new EventInvokeConfig(scope, id, { ...props, onFailure: new SqsDestination(failed) });
  return failed;
}
