import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Counter } from '../../core/ports/log.ts';

/** Counts as metrics in the log (embedded metric format): no call, no wait. */
export function createCounter(): Counter {
  const metrics = new Metrics();
  return {
    count: (name, dimensions = {}) => {
      const metric = metrics.singleMetric();
      for (const [dimension, value] of Object.entries(dimensions)) metric.addDimension(dimension, value);
      metric.addMetric(name, MetricUnit.Count, 1);
    },
  };
}
