import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { EventSourceMapping, IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface AlarmsProps {
  readonly restApi: RestApi;
  /** Serves the worker routes at its function URL, where there is one. */
  readonly worker?: IFunction;
  readonly dispatch: IFunction;
  readonly publishEvents: IFunction;
  readonly publisherMapping: EventSourceMapping;
  readonly reconcile: IFunction;
  readonly routers: readonly StateMachine[];
  /** ARN of an SNS topic that is told when an alarm starts and ends. */
  readonly topicArn?: string;
}

interface Watch {
  readonly id: string;
  /** What is wrong and where to look, for the person who is woken. */
  readonly description: string;
  readonly metric: IMetric;
  /** The alarm starts at this value or above. */
  readonly threshold: number;
  readonly periods?: number;
  /** What is to be thought when there is no data. */
  readonly missing?: TreatMissingData;
}

const fiveMinutes = Duration.minutes(5);

/** The few alarms that tell that jobs do not end, are not told of, or cannot be submitted. Each costs at rest. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.all = watches(props).map((watch) => this.#addAlarm(watch));
    if (props.topicArn === undefined) return;
    const action = new SnsAction(Topic.fromTopicArn(this, 'Topic', props.topicArn));
    for (const alarm of this.all) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }

  #addAlarm(watch: Watch): Alarm {
    return new Alarm(this, watch.id, {
      alarmDescription: watch.description,
      metric: watch.metric,
      threshold: watch.threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: watch.periods ?? 1,
      treatMissingData: watch.missing ?? TreatMissingData.NOT_BREACHING,
    });
  }
}

function watches(props: AlarmsProps): readonly Watch[] {
  return [
    {
      id: 'EventsKept',
      description:
        'Records were not published after all retries and lie in the bucket of unpublished records.',
      metric: keptRecords(props.publisherMapping),
      threshold: 1,
    },
    {
      id: 'EventsLate',
      description: 'Events are published more than five minutes late; see the logs of publish-events.',
      metric: props.publishEvents.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: fiveMinutes }),
      threshold: fiveMinutes.toMilliseconds(),
    },
    {
      id: 'SweepMissing',
      description: 'No sweep has run well for ten minutes: jobs that need a look do not get one.',
      metric: sweepMissing(props.reconcile),
      threshold: 1,
      periods: 2,
      missing: TreatMissingData.BREACHING,
    },
    {
      id: 'AttemptsUnsettled',
      description:
        'Attempts could not be dispatched or settled; the reconciler takes over. See dispatch and settle.',
      metric: unsettled(props),
      threshold: 1,
    },
    {
      id: 'ApiFaults',
      description:
        'The API, or the function URL for workers, has answered with 5xx at least five times in five minutes.',
      metric: faults(props),
      threshold: 5,
    },
  ];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html#urls-cloudwatch */
function faults({ restApi, worker }: AlarmsProps): MathExpression {
  const usingMetrics: Record<string, IMetric> = {
    api: restApi.metricServerError({ statistic: Stats.SUM }),
    ...(worker === undefined ? {} : { workers: worker.metric('Url5xxCount', { statistic: Stats.SUM }) }),
  };
  return new MathExpression({
    expression: sumOf(Object.keys(usingMetrics)),
    usingMetrics,
    period: fiveMinutes,
    label: 'Answers with 5xx',
  });
}

/** A metric without data in a period counts as zero. */
function sumOf(names: readonly string[]): string {
  return names.map((name) => `FILL(${name}, 0)`).join(' + ');
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html, event source mapping metrics */
function keptRecords(mapping: EventSourceMapping): Metric {
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName: 'OnFailureDestinationDeliveredEventCount',
    dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
    statistic: Stats.SUM,
    period: fiveMinutes,
  });
}

/** 1 when no sweep of a period went well, else 0. */
function sweepMissing(reconcile: IFunction): MathExpression {
  return new MathExpression({
    expression: 'IF(FILL(runs, 0) - FILL(errors, 0) < 1, 1, 0)',
    usingMetrics: {
      runs: reconcile.metricInvocations({ statistic: Stats.SUM }),
      errors: reconcile.metricErrors({ statistic: Stats.SUM }),
    },
    period: fiveMinutes,
    label: 'Periods without a sweep that went well',
  });
}

function unsettled({ routers, dispatch }: AlarmsProps): MathExpression {
  const failures = routers.flatMap((router) => [router.metricFailed(), router.metricTimedOut()]);
  const all: IMetric[] = [dispatch.metricErrors({ statistic: Stats.SUM }), ...failures];
  const named = Object.fromEntries(all.map((metric, index) => [`m${index}`, metric]));
  return new MathExpression({
    expression: sumOf(Object.keys(named)),
    usingMetrics: named,
    period: fiveMinutes,
    label: 'Attempts that were not dispatched or settled',
  });
}
