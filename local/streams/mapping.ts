import type { CloudModel, Resource } from '../cloud.ts';
import { compileFilters } from '../events/filter-criteria.ts';
import { isRecord, type JsonRecord, refuseUnknown } from '../json.ts';
import { isQueueArn } from '../sqs/queue-settings.ts';

/** An event source mapping of the template: a stream, a function and their settings. */
export interface StreamMapping {
  /** Stack and logical id; the key of the stored position. */
  readonly key: string;
  readonly uuid: string;
  readonly streamArn: string;
  readonly functionArn: string;
  readonly roleArn: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly startsAtLatest: boolean;
  /** Reports whether a record is passed on: if any filter matches, or if there are no filters. */
  readonly accepts: (record: unknown) => boolean;
  readonly reportsItemFailures: boolean;
  readonly bisects: boolean;
  /** -1 is unlimited. */
  readonly maximumRetries: number;
  /** -1 is the stream's own limit of 24 hours. */
  readonly maximumAgeSeconds: number;
  readonly failureArn?: string;
}

const knownProperties = [
  'EventSourceArn',
  'FunctionName',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'StartingPosition',
  'FilterCriteria',
  'FunctionResponseTypes',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'DestinationConfig',
  'Enabled',
  // No effect: a local stream is read in order, and the local runtime collects no metrics.
  'ParallelizationFactor',
  'MetricsConfig',
  'MetricsConfig',
  'Tags',
];

/**
 * Reads the enabled mappings of the model, except those of queues. Throws an error that names the mapping if its source
 * is not a DynamoDB stream, if its filter is not supported or if it has an unsupported property.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export function loadStreamMappings(model: CloudModel): readonly StreamMapping[] {
  return model
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => properties['Enabled'] !== false && !isQueueArn(properties['EventSourceArn']))
    .map((resource) => loadMapping(resource, model));
}

function loadMapping(resource: Resource, model: CloudModel): StreamMapping {
  const key = `${resource.stack}/${resource.logicalId}`;
  const where = `Event source mapping ${key}`;
  const { properties } = resource;
  refuseUnknown(properties, knownProperties, where);
  const streamArn = String(properties['EventSourceArn']);
  if (!/^arn:aws[^:]*:dynamodb:.*\/stream\//.test(streamArn)) {
    throw new Error(`${where}: EventSourceArn ${streamArn} is not supported by the local runtime`);
  }
  const failureArn = failureDestination(properties);
  return {
    key,
    uuid: resource.ref,
    streamArn,
    ...functionFacts(properties, model, where),
    batchSize: Number(properties['BatchSize'] ?? 100),
    windowSeconds: Number(properties['MaximumBatchingWindowInSeconds'] ?? 0),
    startsAtLatest: startsAtLatest(properties, where),
    accepts: compileFilters(properties['FilterCriteria'], where),
    reportsItemFailures: reportsItemFailures(properties),
    bisects: properties['BisectBatchOnFunctionError'] === true,
    maximumRetries: Number(properties['MaximumRetryAttempts'] ?? -1),
    maximumAgeSeconds: Number(properties['MaximumRecordAgeInSeconds'] ?? -1),
    ...(failureArn === undefined ? {} : { failureArn }),
  };
}

function functionFacts(properties: JsonRecord, model: CloudModel, where: string) {
  const named = String(properties['FunctionName']);
  const found = model
    .ofType('AWS::Lambda::Function')
    .find((candidate) => candidate.ref === named || candidate.arn === named);
  if (found?.arn === undefined) throw new Error(`${where}: the function ${named} is not in the template`);
  return { functionArn: found.arn, roleArn: String(found.properties['Role']) };
}

function startsAtLatest(properties: JsonRecord, where: string): boolean {
  const position = properties['StartingPosition'];
  if (position === 'LATEST' || position === 'TRIM_HORIZON') return position === 'LATEST';
  throw new Error(`${where}: StartingPosition ${String(position)} is not supported by the local runtime`);
}

function reportsItemFailures(properties: JsonRecord): boolean {
  const types = properties['FunctionResponseTypes'];
  return Array.isArray(types) && types.includes('ReportBatchItemFailures');
}

function failureDestination(properties: JsonRecord): string | undefined {
  const config = properties['DestinationConfig'];
  const onFailure = isRecord(config) ? config['OnFailure'] : undefined;
  const destination = isRecord(onFailure) ? onFailure['Destination'] : undefined;
  return typeof destination === 'string' ? destination : undefined;
}
