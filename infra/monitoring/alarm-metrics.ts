import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { EventSourceMapping, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { metricsNamespace } from '../functions/lambda-function.ts';

/** What the alarms watch. */
export interface Watched {
  readonly restApi: RestApi;
  /** Serves the worker routes at its function URL, where there is one. */
  readonly worker?: IFunction;
  readonly authorize: IFunction;
  readonly dispatch: IFunction;
  readonly settle: IFunction;
  readonly publishEvents: IFunction;
  readonly publisherMapping: EventSourceMapping;
  readonly reconcile: IFunction;
  readonly routers: readonly StateMachine[];
}

/** The period of every alarm. */
export const fiveMinutes = Duration.minutes(5);

/**
 * Answers with 5xx of the API and of the function URL.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html#urls-cloudwatch
 */
export function faults({ restApi, worker }: Watched): MathExpression {
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

/** Throttled calls of the functions that every job needs. All are tried again, but for authorize: its caller gets 503. */
export function throttles({ dispatch, settle, publishEvents, authorize }: Watched): MathExpression {
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
 * The age of the stream in ms. A mapping that is disabled or cannot invoke has none: five minutes, while attempts are
 * claimed, since every claim changes a job. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 */
export function lateEvents({ publishEvents, dispatch }: Watched): MathExpression {
  return new MathExpression({
    expression: `IF(FILL(age, -1) >= 0, age, IF(FILL(claims, 0) > 0, ${fiveMinutes.toMilliseconds()}, 0))`,
    usingMetrics: {
      age: publishEvents.metric('IteratorAge', { statistic: Stats.MAXIMUM }),
      claims: dispatch.metricInvocations({ statistic: Stats.SUM }),
    },
    period: fiveMinutes,
    label: 'Age of the stream of changes, in ms',
  });
}

/** Written by reconcile to its log, only when there is one, so that it costs nothing at rest. */
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
 * Records that were given up and kept in the bucket.
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

/** 1 when no sweep of a period went well, else 0. */
export function reconciliationMissing(reconcile: IFunction): MathExpression {
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

/** Attempts that were not claimed, and executions that failed: what could not be settled. */
export function unsettled({ routers, dispatch }: Watched): MathExpression {
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
