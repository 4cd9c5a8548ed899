import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { keepFailedEvents } from './failed-events.ts';

export interface LateOutcomesProps {
  /** Ends an attempt with its outcome; idempotent. */
  readonly settle: IFunction;
}

/**
 * The handling of outcomes that a state machine sent to settle's asynchronous queue because settle was
 * throttled: Lambda retries for six hours, the maximum, and then they are kept for 14 days.
 */
export class LateOutcomes extends Construct {
  readonly failed: Queue;

  constructor(scope: Construct, id: string, { settle }: LateOutcomesProps) {
    super(scope, id);
    const tries = { maxEventAge: Duration.hours(6), retryAttempts: 2 };
    this.failed = keepFailedEvents(this, 'Tries', { function: settle, ...tries });
  }
}
