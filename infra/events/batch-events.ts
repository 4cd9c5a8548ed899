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
  /** Takes in one event; does no harm when it gets it twice, late or in another order. */
  readonly batchEvent: IFunction;
}

/**
 * Tells the function what becomes of jobs in our queues. An event holds all of a job, with the token in its container's
 * environment, so only a few members are passed on. What was not taken in is kept for 14 days; the reconciler asks Batch
 * itself (https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html).
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
   * A rule's input may name only what each of its events has, but for inside a text, where nothing stands for what is not
   * there. Such a text is for names only: EventBridge escapes nothing in it, and could not deliver broken JSON.
   * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html#eb-transform-input-issues
   */
  #addRule(id: keyof typeof passedOn, props: BatchEventsProps): void {
    const told = EventField.fromPath;
    new Rule(this, id, {
      eventPattern: pattern(this, props.names, passedOn[id]),
      targets: [
        new LambdaTarget(props.batchEvent, {
          deadLetterQueue: this.failed,
          maxEventAge: Duration.hours(6),
          retryAttempts: 20,
          event: RuleTargetInput.fromObject({
            time: told('$.time'),
            tenant: told('$.detail.tags.tenant'),
            claim: told('$.detail.tags.claim'),
            jobName: told('$.detail.jobName'),
            jobId: told('$.detail.jobId'),
            status: told('$.detail.status'),
            attempts: told('$.detail.attempts'),
            log: `${told(logPaths.group)}:${told(logPaths.stream)}`,
            ...(id === 'WithReason' ? { statusReason: told('$.detail.statusReason') } : {}),
          }),
        }),
      ],
    });
  }
}

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_ContainerDetail.html */
const logPaths = {
  group: '$.detail.container.logConfiguration.options.awslogs-group',
  stream: '$.detail.container.logStreamName',
} as const;

/** All that changes a job: a state that tells neither a beginning, an end nor a reason to wait would be heard for nothing. */
const passedOn = {
  WithReason: { statusReason: Match.exists(), status: ['RUNNABLE', 'RUNNING', 'SUCCEEDED', 'FAILED'] },
  WithoutReason: { statusReason: Match.doesNotExist(), status: ['RUNNING', 'SUCCEEDED', 'FAILED'] },
} as const;

type PassedOn = (typeof passedOn)[keyof typeof passedOn];

function pattern(scope: Construct, names: Names, { statusReason, status }: PassedOn): EventPattern {
  const queue = batchArn(Stack.of(scope), 'job-queue', jobQueueName(names));
  return {
    source: ['aws.batch'],
    // The other one tells of a job that waits and cannot be placed; it has the same members, and always a reason.
    detailType: ['Batch Job State Change', 'Batch Job Queue Blocked'],
    detail: {
      // Only these: any other queue with that beginning is not one that a service may name.
      jobQueue: Match.anyOf(Match.exactString(queue), Match.prefix(`${queue}-`)),
      tags: { tenant: Match.exists(), claim: Match.exists() },
      status: [...status],
      statusReason,
    },
  };
}
