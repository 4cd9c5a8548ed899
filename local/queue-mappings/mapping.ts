import type { CloudModel, Resource } from '../cloud.ts';
import { compileFilters } from '../events/filter-criteria.ts';
import { isRecord, type JsonRecord, listOf, refuseUnknown } from '../json.ts';
import { isQueueArn, queueSettings } from '../sqs/queue-settings.ts';

/** An event source mapping of the template: a queue, a function and their settings. */
export interface QueueMapping {
  /** Stack and logical id. */
  readonly key: string;
  readonly uuid: string;
  readonly queueArn: string;
  readonly functionArn: string;
  readonly roleArn: string;
  readonly batchSize: number;
  /** Longest time in which a batch is gathered. */
  readonly windowSeconds: number;
  /** Maximum number of batches that run at the same time. */
  readonly maximumConcurrency: number;
  /** Reports whether a message is passed on. */
  readonly accepts: (record: unknown) => boolean;
  readonly reportsItemFailures: boolean;
}

const knownProperties = [
  ...['EventSourceArn', 'FunctionName', 'BatchSize', 'MaximumBatchingWindowInSeconds', 'FilterCriteria'],
  ...['FunctionResponseTypes', 'ScalingConfig', 'Enabled'],
  // No effect: the local runtime collects no metrics.
  ...['MetricsConfig', 'Tags'],
];
/** Lambda reads a queue with five batches at the same time at first, and with more while there are messages, up to MaximumConcurrency. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const firstConcurrency = 5;
const maxBatchWithoutWindow = 10;

/**
 * Reads the enabled mappings of queues. Throws an error that names the mapping if its queue or function does not exist,
 * or for settings that Lambda or the local runtime refuses.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
 */
export function loadQueueMappings(model: CloudModel): readonly QueueMapping[] {
  return model
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => properties['Enabled'] !== false && isQueueArn(properties['EventSourceArn']))
    .map((resource) => loadMapping(resource, model));
}

function loadMapping(resource: Resource, model: CloudModel): QueueMapping {
  const key = `${resource.stack}/${resource.logicalId}`;
  const where = `Event source mapping ${key}`;
  const { properties } = resource;
  refuseUnknown(properties, knownProperties, where);
  const called = functionOf(properties, model, where);
  const queueArn = String(properties['EventSourceArn']);
  const queue = queueSettings(model).find(({ arn }) => arn === queueArn);
  if (queue === undefined) throw new Error(`${where}: the queue ${queueArn} does not exist`);
  // Lambda refuses this too, because another reader could receive a message that a function still processes.
  if (queue.visibilityTimeoutSeconds < called.timeoutSeconds)
    throw new Error(
      `${where}: the visibility timeout of the queue, ${queue.visibilityTimeoutSeconds} s, is less than the timeout of the function, ${called.timeoutSeconds} s`,
    );
  const batchSize = Number(properties['BatchSize'] ?? maxBatchWithoutWindow);
  const windowSeconds = Number(properties['MaximumBatchingWindowInSeconds'] ?? 0);
  if (batchSize > maxBatchWithoutWindow && windowSeconds < 1)
    throw new Error(
      `${where}: a BatchSize of ${batchSize} needs a MaximumBatchingWindowInSeconds of at least 1`,
    );
  return {
    key,
    uuid: resource.ref,
    queueArn,
    functionArn: called.arn,
    roleArn: called.roleArn,
    batchSize,
    windowSeconds,
    maximumConcurrency: concurrencyOf(properties),
    accepts: compileFilters(properties['FilterCriteria'], where),
    reportsItemFailures: listOf(properties['FunctionResponseTypes']).includes('ReportBatchItemFailures'),
  };
}

function functionOf(properties: JsonRecord, model: CloudModel, where: string) {
  const named = String(properties['FunctionName']);
  const found = model
    .ofType('AWS::Lambda::Function')
    .find((candidate) => candidate.ref === named || candidate.arn === named);
  if (found?.arn === undefined) throw new Error(`${where}: the function ${named} does not exist`);
  const { Role, Timeout } = found.properties;
  return { arn: found.arn, roleArn: String(Role), timeoutSeconds: Number(Timeout ?? 3) };
}

function concurrencyOf(properties: JsonRecord): number {
  const scaling = properties['ScalingConfig'];
  const limit = isRecord(scaling) ? scaling['MaximumConcurrency'] : undefined;
  return Number(limit ?? firstConcurrency);
}
