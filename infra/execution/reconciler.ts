import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { addDeadLetterQueue } from '../events/dead-letter-queue.ts';

export interface ReconcilerProps {
  /** Checks all due jobs; idempotent. */
  readonly reconcile: IFunction;
}

/**
 * Runs a reconciliation pass every minute. A failed pass is not retried, because the next one does the same
 * work; its event is kept for 14 days.
 */
export class Reconciler extends Construct {
  readonly failed: Queue;

  constructor(scope: Construct, id: string, props: ReconcilerProps) {
    super(scope, id);
    // 60 s is the minimum of Lambda and EventBridge; after that time the next pass is due.
    const noRetry = { maxEventAge: Duration.seconds(60), retryAttempts: 0 };
    this.failed = addDeadLetterQueue(this, 'Once', { function: props.reconcile, ...noRetry });
    new Rule(this, 'EveryMinute', {
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaTarget(props.reconcile, { deadLetterQueue: this.failed, ...noRetry })],
    });
  }
}
