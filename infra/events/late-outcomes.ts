import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { keepFailedEvents } from './failed-events.ts';

export interface LateOutcomesProps {
  /** Ends an attempt with its outcome; does no harm when it runs twice. */
  readonly settle: IFunction;
}

/**
 * What becomes of outcomes that the routers handed to settle's queue, because settle was throttled: Lambda tries for six hours, the
 * longest that it allows, and then keeps them for 14 days.
 */
export class LateOutcomes extends Construct {
  readonly failed: Queue;

  constructor(scope: Construct, id: string, { settle }: LateOutcomesProps) {
    super(scope, id);
    const tries = { maxEventAge: Duration.hours(6), retryAttempts: 2 };
    this.failed = keepFailedEvents(this, 'Tries', { function: settle, ...tries });
  }
}
