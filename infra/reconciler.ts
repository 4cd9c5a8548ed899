import { Duration, Validations } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { EventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface ReconcilerProps {
  /** Looks at every job that is due; does no harm when it runs twice. */
  readonly reconcile: IFunction;
}

/**
 * Runs the sweep every minute. A sweep that failed is not run again, since the next one does the same work;
 * what is known of it is kept for 14 days.
 */
export class Reconciler extends Construct {
  readonly failed: Queue;

  constructor(scope: Construct, id: string, props: ReconcilerProps) {
    super(scope, id);
    this.failed = new Queue(this, 'Failed', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const reason =
      'It is a dead-letter queue itself, for a function and a rule, where cdk-nag does not look for one.';
    Validations.of(this.failed).acknowledge(
      { id: 'AwsSolutions-SQS3', reason },
      { id: 'Serverless-SQSRedrivePolicy', reason },
    );
    // 60 s is the least that Lambda and EventBridge allow, and by then the next sweep is due.
    const once = { maxEventAge: Duration.seconds(60), retryAttempts: 0 };
    new EventInvokeConfig(this, 'Once', {
      function: props.reconcile,
      onFailure: new SqsDestination(this.failed),
      ...once,
    });
    new Rule(this, 'EveryMinute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaTarget(props.reconcile, { deadLetterQueue: this.failed, ...once })],
    });
  }
}
