import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import type { Metrics } from '../../core/ports/metrics.ts';

/** Writes metrics to the log in the embedded metric format, without a call to CloudWatch. */
export function createMetrics(): Metrics {
  const metrics = new PowertoolsMetrics();
  return {
    count: (name, dimensions = {}) => {
      const metric = metrics.singleMetric();
      for (const [dimension, value] of Object.entries(dimensions)) metric.addDimension(dimension, value);
      metric.addMetric(name, MetricUnit.Count, 1);
    },
  };
}
