import { EventField, type EventPattern, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { batchArn, jobQueueName, type Names } from '../settings/names.ts';
import { addDeadLetterQueue } from './dead-letter-queue.ts';

export interface BatchEventsProps {
  readonly names: Names;
  /** Processes one event; idempotent, and tolerates late and reordered events. */
  readonly batchEvent: IFunction;
}

/**
 * Sends the events `Batch Job State Change` and `Batch Job Queue Blocked` of our queues to the function. An
 * event contains the whole job, including the token in its container's environment, so only a few of its
 * fields are forwarded. Events that could not be processed are kept for 14 days; the reconciler queries Batch
 * itself (https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html).
 */
export class BatchEvents extends Construct {
  readonly failed: Queue;

  constructor(scope: Construct, id: string, props: BatchEventsProps) {
    super(scope, id);
    this.failed = addDeadLetterQueue(this, 'Tries', {
      function: props.batchEvent,
      maxEventAge: Duration.hours(1),
      retryAttempts: 2,
    });
    for (const id of ['WithReason', 'WithoutReason'] as const) this.#addRule(id, props);
  }

  /**
   * Adds a rule that forwards fields of its events. The input of a rule may contain only fields that exist in
   * all of its events; hence one rule for events with a reason, and one for events without. Inside a text,
   * such as `log`, a missing field becomes empty. EventBridge does not escape the fields in a text and cannot
   * deliver invalid JSON, so a text may contain only fields without quotation marks, such as names.
   * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-issues
   */
  #addRule(id: keyof typeof forwardedEvents, props: BatchEventsProps): void {
    const fromEvent = EventField.fromPath;
    new Rule(this, id, {
      eventPattern: pattern(this, props.names, forwardedEvents[id]),
      targets: [
        new LambdaTarget(props.batchEvent, {
          deadLetterQueue: this.failed,
          maxEventAge: Duration.hours(6),
          retryAttempts: 20,
          event: RuleTargetInput.fromObject({
            time: fromEvent('$.time'),
            tenant: fromEvent('$.detail.tags.tenant'),
            claim: fromEvent('$.detail.tags.claim'),
            jobName: fromEvent('$.detail.jobName'),
            jobId: fromEvent('$.detail.jobId'),
            status: fromEvent('$.detail.status'),
            attempts: fromEvent('$.detail.attempts'),
            log: `${fromEvent(logPaths.group)}:${fromEvent(logPaths.stream)}`,
            ...(id === 'WithReason' ? { statusReason: fromEvent('$.detail.statusReason') } : {}),
          }),
        }),
      ],
    });
  }
}

/**
 * Paths in a container detail: https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerDetail.html
 */
const logPaths = {
  group: '$.detail.container.logConfiguration.options.awslogs-group',
  stream: '$.detail.container.logStreamName',
} as const;

/** The states to forward: all others report neither a start nor an end nor a reason to wait. */
const forwardedEvents = {
  WithReason: { statusReason: Match.exists(), status: ['RUNNABLE', 'RUNNING', 'SUCCEEDED', 'FAILED'] },
  WithoutReason: { statusReason: Match.doesNotExist(), status: ['RUNNING', 'SUCCEEDED', 'FAILED'] },
} as const;

type ForwardedEvents = (typeof forwardedEvents)[keyof typeof forwardedEvents];

function pattern(scope: Construct, names: Names, { statusReason, status }: ForwardedEvents): EventPattern {
  const queue = batchArn(Stack.of(scope), 'job-queue', jobQueueName(names));
  return {
    source: ['aws.batch'],
    // `Batch Job Queue Blocked` reports a waiting job for which there can be no capacity. Its events have the
    // same fields as those of a state change, and always a reason.
    detailType: ['Batch Job State Change', 'Batch Job Queue Blocked'],
    detail: {
      // Services must not name any other queue.
      jobQueue: Match.anyOf(Match.exactString(queue), Match.prefix(`${queue}-`)),
      tags: { tenant: Match.exists(), claim: Match.exists() },
      status: [...status],
      statusReason,
    },
  };
}
