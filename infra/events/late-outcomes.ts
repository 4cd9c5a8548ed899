import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { addDeadLetterQueue } from './dead-letter-queue.ts';

export interface LateOutcomesProps {
  /** Ends an attempt with its outcome; idempotent. */
  readonly settle: IFunction;
}

/**
 * The handling of outcomes that a state machine sent to settle's asynchronous queue because its calls of
 * settle were throttled, failed or took too long: Lambda retries for six hours, the maximum, and then they
 * are kept for 14 days.
 */
export class LateOutcomes extends Construct {
  readonly failed: Queue;

  constructor(scope: Construct, id: string, { settle }: LateOutcomesProps) {
    super(scope, id);
    const retry = { maxEventAge: Duration.hours(6), retryAttempts: 2 };
    this.failed = addDeadLetterQueue(this, 'Tries', { function: settle, ...retry });
  }
}
