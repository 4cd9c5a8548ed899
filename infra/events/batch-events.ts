import { Duration, Stack } from 'aws-cdk-lib';
import { EventField, type EventPattern, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { batchArn, jobQueueName, type Names } from '../settings/names.ts';
import { keepFailedEvents } from './failed-events.ts';

export interface BatchEventsProps {
  readonly names: Names;
  /** Processes one event; idempotent, and tolerates late and reordered events. */
  readonly batchEvent: IFunction;
}

/**
 * Sends the state changes of jobs in our queues to the function. An event contains the whole job, including
 * the token in its container's environment, so only a few members are passed on. Events that could not be
 * processed are kept for 14 days; the reconciler queries Batch itself
 * (https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html).
 */
export class BatchEvents extends Construct {
  readonly failed: Queue;

  constructor(scope: Construct, id: string, props: BatchEventsProps) {
    super(scope, id);
    this.failed = keepFailedEvents(this, 'Tries', {
      function: props.batchEvent,
      maxEventAge: Duration.hours(1),
      retryAttempts: 2,
    });
    for (const id of ['WithReason', 'WithoutReason'] as const) this.#addRule(id, props);
  }

  /**
   * The input of a rule may only contain members that all of its events have, except inside a text, where a
   * missing member is empty. Such a text is suitable for names only: EventBridge does not escape it, and
   * cannot deliver invalid JSON.
   * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-issues
   */
  #addRule(id: keyof typeof passedOn, props: BatchEventsProps): void {
    const fromEvent = EventField.fromPath;
    new Rule(this, id, {
      eventPattern: pattern(this, props.names, passedOn[id]),
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

/** The states that can change a job. All others report neither a start nor an end nor a reason to wait. */
const passedOn = {
  WithReason: { statusReason: Match.exists(), status: ['RUNNABLE', 'RUNNING', 'SUCCEEDED', 'FAILED'] },
  WithoutReason: { statusReason: Match.doesNotExist(), status: ['RUNNING', 'SUCCEEDED', 'FAILED'] },
} as const;

type PassedOn = (typeof passedOn)[keyof typeof passedOn];

function pattern(scope: Construct, names: Names, { statusReason, status }: PassedOn): EventPattern {
  const queue = batchArn(Stack.of(scope), 'job-queue', jobQueueName(names));
  return {
    source: ['aws.batch'],
    // The second type reports a waiting job that cannot be placed; it has the same members, and always a
    // reason.
    detailType: ['Batch Job State Change', 'Batch Job Queue Blocked'],
    detail: {
      // Services may not name any other queue with this prefix.
      jobQueue: Match.anyOf(Match.exactString(queue), Match.prefix(`${queue}-`)),
      tags: { tenant: Match.exists(), claim: Match.exists() },
      status: [...status],
      statusReason,
    },
  };
}
