import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { EventSourceMapping, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration } from 'aws-cdk-lib/core';
import { metricsNamespace } from '../functions/lambda-function.ts';

/** The resources that the alarms monitor. */
export interface MonitoredResources {
  readonly restApi: RestApi;
  /** The function of the worker routes, if the stack has a function URL. */
  readonly worker?: IFunction;
  readonly authorize: IFunction;
  readonly dispatch: IFunction;
  readonly settle: IFunction;
  /** The queue of the outcomes that settle could not record. */
  readonly keptOutcomes: IQueue;
  /** The queue of the messages about webhooks that could not be processed. */
  readonly keptMessages: IQueue;
  readonly publishEvents: IFunction;
  readonly publisherMapping: EventSourceMapping;
  readonly reconcile: IFunction;
  readonly stateMachines: readonly StateMachine[];
}

/** The period of every alarm. */
export const fiveMinutes = Duration.minutes(5);

/**
 * Returns the number of 5xx responses of the API and of the function URL.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html#urls-cloudwatch
 */
export function serverErrors({ restApi, worker }: MonitoredResources): MathExpression {
  const usingMetrics: Record<string, IMetric> = {
    api: restApi.metricServerError({ statistic: Stats.SUM }),
    ...(worker === undefined ? {} : { workers: worker.metric('Url5xxCount', { statistic: Stats.SUM }) }),
  };
  return new MathExpression({
    expression: sumOf(Object.keys(usingMetrics)),
    usingMetrics,
    period: fiveMinutes,
    label: '5xx responses',
  });
}

/** Sums metrics; a metric without data in a period counts as zero. */
function sumOf(names: readonly string[]): string {
  return names.map((name) => `FILL(${name}, 0)`).join(' + ');
}

/**
 * Returns the throttled calls of functions that every job needs. All are retried except authorize, which
 * returns 503.
 */
export function throttledInvocations({
  dispatch,
  settle,
  publishEvents,
  authorize,
}: MonitoredResources): MathExpression {
  const statistic = Stats.SUM;
  const usingMetrics = {
    dispatch: dispatch.metricThrottles({ statistic }),
    settle: settle.metricThrottles({ statistic }),
    publishing: publishEvents.metricThrottles({ statistic }),
    authorize: authorize.metricThrottles({ statistic }),
  };
  return new MathExpression({
    expression: sumOf(Object.keys(usingMetrics)),
    usingMetrics,
    period: fiveMinutes,
    label: 'Throttled invocations',
  });
}

/**
 * Returns the age of the stream in ms. A mapping that is disabled or cannot invoke has no data; it counts as
 * five minutes while attempts are claimed, because every claim changes a job.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function lateEvents({ publishEvents, dispatch }: MonitoredResources): MathExpression {
  return new MathExpression({
    expression: `IF(FILL(age, -1) >= 0, age, IF(FILL(claims, 0) > 0, ${fiveMinutes.toMilliseconds()}, 0))`,
    usingMetrics: {
      age: publishEvents.metric('IteratorAge', { statistic: Stats.MAXIMUM }),
      claims: dispatch.metricInvocations({ statistic: Stats.SUM }),
    },
    period: fiveMinutes,
    label: 'Age of the change stream in ms',
  });
}

/** Returns the metric that reconcile logs only when a job is overdue, so that it costs nothing otherwise. */
export function overdueJobs(reconcile: IFunction): Metric {
  return new Metric({
    namespace: metricsNamespace,
    metricName: 'JobsOverdue',
    dimensionsMap: { service: reconcile.functionName },
    statistic: Stats.SUM,
    period: fiveMinutes,
  });
}

/**
 * Returns the number of unpublished records that were stored in the bucket.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html, event source mapping metrics
 */
export function keptRecords(mapping: EventSourceMapping): Metric {
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName: 'OnFailureDestinationDeliveredEventCount',
    dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
    statistic: Stats.SUM,
    period: fiveMinutes,
  });
}

/**
 * Returns the number of messages in a queue of those that could not be processed. A queue without messages and calls has no data.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html
 */
export function keptMessages(queue: IQueue): Metric {
  return queue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period: fiveMinutes });
}

/** Returns 1 when no reconciliation pass of a period succeeded, otherwise 0. */
export function reconciliationMissing(reconcile: IFunction): MathExpression {
  return new MathExpression({
    expression: 'IF(FILL(runs, 0) - FILL(errors, 0) < 1, 1, 0)',
    usingMetrics: {
      runs: reconcile.metricInvocations({ statistic: Stats.SUM }),
      errors: reconcile.metricErrors({ statistic: Stats.SUM }),
    },
    period: fiveMinutes,
    label: 'Periods without a successful reconciliation pass',
  });
}

/** Returns the number of attempts that could not be claimed and of executions that failed. */
export function unsettledAttempts({ stateMachines, dispatch }: MonitoredResources): MathExpression {
  const failures = stateMachines.flatMap((stateMachine) => [
    stateMachine.metricFailed(),
    stateMachine.metricTimedOut(),
  ]);
  const all: IMetric[] = [dispatch.metricErrors({ statistic: Stats.SUM }), ...failures];
  const usingMetrics = Object.fromEntries(all.map((metric, index) => [`m${index}`, metric]));
  return new MathExpression({
    expression: sumOf(Object.keys(usingMetrics)),
    usingMetrics: usingMetrics,
    period: fiveMinutes,
    label: 'Attempts that were not dispatched or settled',
  });
}
