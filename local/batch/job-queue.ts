import type { CloudModel, Resource } from '../cloud.ts';
import { isRecord, listOf } from '../json.ts';

/** A compute environment with its capacity. */
export interface ComputeEnvironment {
  readonly arn: string;
  readonly name: string;
  readonly maximumVcpus: number;
}

/**
 * Weight of a share in a fair-share queue. A greater weight makes the running jobs of the share count more.
 */
export interface ShareWeight {
  /** A share identifier; if it ends in `*`, all identifiers with this prefix. */
  readonly shareIdentifier: string;
  readonly weight: number;
}

/** A job queue. */
export interface JobQueue {
  readonly arn: string;
  readonly name: string;
  /** Queues with a higher priority are served first. */
  readonly priority: number;
  /** Compute environments in the order in which they are tried. */
  readonly environments: readonly ComputeEnvironment[];
  /** Undefined if the queue has no scheduling policy and is first in, first out. */
  readonly shareWeights?: readonly ShareWeight[];
}

/**
 * Reads all job queues of the model, highest priority first. Throws an error that names the resource if it
 * cannot run locally.
 */
export function readJobQueues(model: CloudModel): readonly JobQueue[] {
  const environments = new Map(
    model.ofType('AWS::Batch::ComputeEnvironment').map((resource) => {
      const environment = readEnvironment(resource);
      return [environment.arn, environment];
    }),
  );
  return model
    .ofType('AWS::Batch::JobQueue')
    .map((resource) => readQueue(resource, environments, model))
    .sort((a, b) => b.priority - a.priority);
}

function readEnvironment(resource: Resource): ComputeEnvironment {
  const { properties, arn = resource.ref } = resource;
  const resources = isRecord(properties['ComputeResources']) ? properties['ComputeResources'] : {};
  requireEnabled(resource);
  if (String(properties['Type']).toLowerCase() !== 'managed')
    throw new Error(`${named(resource)}: only the type MANAGED is supported`);
  if (!['FARGATE', 'FARGATE_SPOT'].includes(String(resources['Type'])))
    throw new Error(`${named(resource)}: only FARGATE and FARGATE_SPOT are supported`);
  return { arn, name: lastPart(arn), maximumVcpus: Number(resources['MaxvCpus']) };
}

function readQueue(
  resource: Resource,
  environments: ReadonlyMap<string, ComputeEnvironment>,
  model: CloudModel,
): JobQueue {
  const { properties, arn = resource.ref } = resource;
  requireEnabled(resource);
  const order = listOf(properties['ComputeEnvironmentOrder'])
    .filter(isRecord)
    .sort((a, b) => Number(a['Order']) - Number(b['Order']))
    .map((entry) => {
      const environment = environments.get(String(entry['ComputeEnvironment']));
      if (environment !== undefined) return environment;
      throw new Error(
        `${named(resource)}: ${String(entry['ComputeEnvironment'])} is not a compute environment of the app`,
      );
    });
  const policyArn = properties['SchedulingPolicyArn'];
  return {
    arn,
    name: lastPart(arn),
    priority: Number(properties['Priority']),
    environments: order,
    ...(policyArn === undefined ? {} : { shareWeights: weightsOf(model.byArn(String(policyArn))) }),
  };
}

/** https://docs.aws.amazon.com/batch/latest/APIReference/API_ShareAttributes.html */
function weightsOf(policy: Resource): readonly ShareWeight[] {
  const fair = policy.properties['FairsharePolicy'];
  return listOf(isRecord(fair) ? fair['ShareDistribution'] : undefined)
    .filter(isRecord)
    .map((share) => ({
      shareIdentifier: String(share['ShareIdentifier']),
      weight: Number(share['WeightFactor'] ?? 1),
    }));
}

function requireEnabled(resource: Resource): void {
  const { State: state = 'ENABLED' } = resource.properties;
  if (state !== 'ENABLED')
    throw new Error(`${named(resource)}: the state ${String(state)} is not supported; only ENABLED is`);
}

function named(resource: Resource): string {
  return `${resource.type} ${resource.stack}/${resource.logicalId}`;
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
