import { readFileSync } from 'node:fs';
import { objectOf, textsOf } from '../assembly/properties.ts';
import type { CloudModel, Resource } from '../cloud.ts';
import { isRecord, type JsonRecord, listOf } from '../json.ts';
import { type ImageCommand, readImageCommand } from '../processes/image-command.ts';
import { isFargateSize, type JobSize } from './fargate-size.ts';

/** An `AWS::Batch::JobDefinition` of the model, for containers on Fargate. */
export interface JobDefinition {
  /** ARN with its revision, which is always 1 in the local runtime. */
  readonly arn: string;
  readonly name: string;
  readonly image: string;
  /** Absolute path of the image's sources, in which its command runs. */
  readonly directory: string;
  readonly imageCommand: ImageCommand;
  /** Empty if the image's own command runs. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly size: JobSize;
  /** Options of the log driver `awslogs`; empty if Batch's defaults apply. */
  readonly logOptions: Readonly<Record<string, string>>;
  readonly jobRoleArn?: string;
  readonly executionRoleArn: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly attempts: number;
  readonly timeoutSeconds?: number;
  readonly schedulingPriority?: number;
  readonly propagateTags: boolean;
}

/**
 * Smallest time limit of an attempt; lower ones are refused.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
 */
export const minTimeoutSeconds = 60;

const awsLogs = 'awslogs';

/**
 * Reads all job definitions of the model by ARN. Throws an error that names the resource if Batch or the
 * local runtime would not run it.
 */
export function readJobDefinitions(model: CloudModel): ReadonlyMap<string, JobDefinition> {
  return new Map(
    model.ofType('AWS::Batch::JobDefinition').map((resource) => {
      const definition = readJobDefinition(resource);
      return [definition.arn, definition];
    }),
  );
}

/** Reads one job definition; throws as `readJobDefinitions` does. */
export function readJobDefinition(resource: Resource): JobDefinition {
  const where = `${resource.type} ${resource.stack}/${resource.logicalId}`;
  const refuse = (what: string): never => {
    throw new Error(`${where}: ${what}`);
  };
  const { properties, arn = resource.ref, assetDirectory, dockerfile } = resource;
  const container = objectOf(properties, 'ContainerProperties');
  if (String(properties['Type']).toLowerCase() !== 'container')
    refuse('only the type container is supported');
  if (String(listOf(properties['PlatformCapabilities'])) !== 'FARGATE')
    refuse('only the platform FARGATE is supported');
  if (assetDirectory === undefined || dockerfile === undefined) return refuse('its image is not an asset');
  const size = sizeOf(container['ResourceRequirements']);
  if (!isFargateSize(size)) refuse(sizeRefusal(size));
  const timeout = objectOf(properties, 'Timeout')['AttemptDurationSeconds'];
  if (timeout !== undefined && Number(timeout) < minTimeoutSeconds)
    refuse(`AttemptDurationSeconds must be at least ${minTimeoutSeconds}`);
  const logging = objectOf(container, 'LogConfiguration');
  if (String(logging['LogDriver'] ?? awsLogs) !== awsLogs)
    refuse(`only the log driver ${awsLogs} is supported`);
  const executionRoleArn = container['ExecutionRoleArn'] ?? refuse('Fargate needs an ExecutionRoleArn');
  return {
    arn,
    name: arn.split('/').at(-1)?.split(':')[0] ?? arn,
    image: String(container['Image']),
    directory: assetDirectory,
    imageCommand: readImageCommand(readFileSync(dockerfile, 'utf8'), where),
    command: listOf(container['Command']).map(String),
    environment: environmentOf(container['Environment']),
    size,
    logOptions: textsOf(logging, 'Options'),
    executionRoleArn: String(executionRoleArn),
    parameters: textsOf(properties, 'Parameters'),
    attempts: Number(objectOf(properties, 'RetryStrategy')['Attempts'] ?? 1),
    propagateTags: String(properties['PropagateTags']) === 'true',
    ...(container['JobRoleArn'] === undefined ? {} : { jobRoleArn: String(container['JobRoleArn']) }),
    ...(timeout === undefined ? {} : { timeoutSeconds: Number(timeout) }),
    ...(properties['SchedulingPriority'] === undefined
      ? {}
      : { schedulingPriority: Number(properties['SchedulingPriority']) }),
  };
}

/** Returns Batch's message for a size that Fargate does not offer. */
export function sizeRefusal({ vcpus, memoryMegabytes }: JobSize): string {
  return `Fargate resource requirements (${vcpus.toFixed(2)} vCPU, ${memoryMegabytes} MiB) not valid.`;
}

function sizeOf(requirements: unknown): JobSize {
  const value = (type: string) =>
    listOf(requirements).find((item) => isRecord(item) && item['Type'] === type) as JsonRecord | undefined; // only records pass
  return {
    vcpus: Number(value('VCPU')?.['Value']),
    memoryMegabytes: Number(value('MEMORY')?.['Value']),
  };
}

function environmentOf(list: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    listOf(list).flatMap((item) =>
      isRecord(item) ? [[String(item['Name']), String(item['Value'] ?? '')] as const] : [],
    ),
  );
}
