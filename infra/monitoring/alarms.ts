import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  fiveMinutes,
  keptMessages,
  keptRecords,
  lateEvents,
  type MonitoredResources,
  overdueJobs,
  reconciliationMissing,
  serverErrors,
  throttledInvocations,
  unsettledAttempts,
} from './alarm-metrics.ts';

export interface AlarmsProps extends MonitoredResources {
  /** The ARN of an SNS topic that is notified when an alarm starts and ends. */
  readonly topicArn?: string;
}

interface AlarmSpec {
  readonly id: string;
  /** What is wrong and where to find details, for the person on call. */
  readonly description: string;
  readonly metric: IMetric;
  /** The alarm starts at this value or above. */
  readonly threshold: number;
  readonly periods?: number;
  /** How periods without data are treated. */
  readonly missing?: TreatMissingData;
}

/**
 * Alarms for jobs that do not end, are not published, or cannot be submitted. They are few, because each has
 * a fixed cost.
 */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.all = alarmSpecs(props).map((spec) => this.#addAlarm(spec));
    if (props.topicArn === undefined) return;
    const action = new SnsAction(Topic.fromTopicArn(this, 'Topic', props.topicArn));
    for (const alarm of this.all) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }

  #addAlarm(spec: AlarmSpec): Alarm {
    return new Alarm(this, spec.id, {
      alarmDescription: spec.description,
      metric: spec.metric,
      threshold: spec.threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: spec.periods ?? 1,
      treatMissingData: spec.missing ?? TreatMissingData.NOT_BREACHING,
    });
  }
}

function alarmSpecs(props: AlarmsProps): readonly AlarmSpec[] {
  return [
    {
      id: 'EventsKept',
      description:
        'Records could not be published after all retries; they are in the bucket of unpublished records. Mend the cause (see publish-events), then run `errand redrive`.',
      metric: keptRecords(props.publisherMapping),
      threshold: 1,
    },
    {
      id: 'EventsLate',
      description:
        'Events are published more than five minutes late, or not at all while attempts are claimed; see publish-events.',
      metric: lateEvents(props),
      threshold: fiveMinutes.toMilliseconds(),
      // A claim at the end of one period is published in the next.
      periods: 2,
    },
    {
      id: 'SweepMissing',
      description:
        'No reconciliation pass has succeeded for ten minutes, so due jobs are not checked; see reconcile.',
      metric: reconciliationMissing(props.reconcile),
      threshold: 1,
      periods: 2,
      missing: TreatMissingData.BREACHING,
    },
    {
      id: 'JobsOverdue',
      description:
        'A job has been due for a check for more than ten minutes; see `job-overdue` in the logs of reconcile.',
      metric: overdueJobs(props.reconcile),
      threshold: 1,
    },
    {
      id: 'AttemptsUnsettled',
      description:
        'Attempts could not be dispatched or settled; the reconciler takes over. See dispatch and settle.',
      metric: unsettledAttempts(props),
      threshold: 1,
    },
    {
      id: 'OutcomesKept',
      description:
        'Outcomes of attempts could not be recorded after all retries; they are in the queue LateOutcomesFailed.',
      metric: keptMessages(props.keptOutcomes),
      threshold: 1,
    },
    {
      id: 'DeliveriesKept',
      description:
        'Messages about webhooks could not be processed after ten tries; they are in the queue WebhooksFailed. See deliver-webhook.',
      metric: keptMessages(props.keptMessages),
      threshold: 1,
    },
    {
      id: 'FunctionsThrottled',
      description:
        'Functions that every job needs were throttled: the concurrency of the account is too low.',
      metric: throttledInvocations(props),
      threshold: 1,
    },
    {
      id: 'ApiFaults',
      description:
        'The API or the function URL for workers has returned at least five 5xx responses in five minutes.',
      metric: serverErrors(props),
      threshold: 5,
    },
  ];
}
