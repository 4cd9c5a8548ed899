import { generatedName } from '../physical-names.ts';
import { type IdentitySource, type ResourceTypes, tagsAreInert } from '../resource-type.ts';

const localNetworkReason = 'local code uses the network of this machine';

/** Types of AWS Batch on Fargate. */
export const batchTypes: ResourceTypes = {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-computeenvironment.html
  'AWS::Batch::ComputeEnvironment': {
    identity: (source) =>
      named(source, {
        kind: 'compute-environment',
        property: 'ComputeEnvironmentName',
        attribute: 'ComputeEnvironmentArn',
      }),
    honoured: [
      'ComputeEnvironmentName',
      'ComputeResources.MaxvCpus',
      'ComputeResources.Type',
      'State',
      'Type',
    ],
    inert: {
      ...tagsAreInert,
      'ComputeResources.SecurityGroupIds': localNetworkReason,
      'ComputeResources.Subnets': localNetworkReason,
      ReplaceComputeEnvironment: 'only controls how CloudFormation replaces it',
      ServiceRole: 'the local runtime provisions nothing for it',
      UpdatePolicy: 'only controls how CloudFormation replaces it',
    },
  },
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-jobqueue.html
  'AWS::Batch::JobQueue': {
    identity: (source) =>
      named(source, { kind: 'job-queue', property: 'JobQueueName', attribute: 'JobQueueArn' }),
    honoured: [
      'ComputeEnvironmentOrder.ComputeEnvironment',
      'ComputeEnvironmentOrder.Order',
      'JobQueueName',
      'Priority',
      'SchedulingPolicyArn',
      'State',
    ],
    inert: tagsAreInert,
  },
  'AWS::Batch::SchedulingPolicy': {
    identity: (source) => named(source, { kind: 'scheduling-policy', property: 'Name', attribute: 'Arn' }),
    honoured: [
      'Name',
      'FairsharePolicy.ShareDistribution.ShareIdentifier',
      'FairsharePolicy.ShareDistribution.WeightFactor',
    ],
    inert: {
      ...tagsAreInert,
      'FairsharePolicy.ComputeReservation': 'the local runtime reserves no capacity',
      'FairsharePolicy.ShareDecaySeconds': 'the local runtime counts only running jobs',
    },
  },
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-batch-jobdefinition.html
  'AWS::Batch::JobDefinition': {
    identity: jobDefinitionIdentity,
    honoured: [
      'ContainerProperties.Command',
      'ContainerProperties.Environment.Name',
      'ContainerProperties.Environment.Value',
      'ContainerProperties.ExecutionRoleArn',
      'ContainerProperties.Image',
      'ContainerProperties.JobRoleArn',
      'ContainerProperties.LogConfiguration.LogDriver',
      'ContainerProperties.LogConfiguration.Options.*',
      'ContainerProperties.ResourceRequirements.Type',
      'ContainerProperties.ResourceRequirements.Value',
      'JobDefinitionName',
      'Parameters.*',
      'PlatformCapabilities',
      'PropagateTags',
      'RetryStrategy.Attempts',
      'SchedulingPriority',
      'Timeout.AttemptDurationSeconds',
      'Type',
    ],
    inert: {
      ...tagsAreInert,
      'ContainerProperties.EphemeralStorage': 'jobs use the disk of this machine',
      'ContainerProperties.FargatePlatformConfiguration': 'jobs do not run on Fargate',
      'ContainerProperties.NetworkConfiguration': localNetworkReason,
      'ContainerProperties.ReadonlyRootFilesystem': 'jobs use the file system of this machine',
      'ContainerProperties.RuntimePlatform': 'the code runs on the processor of this machine',
    },
  },
};

interface Naming {
  /** Resource type in the ARN. */
  readonly kind: string;
  /** Property that can set the name. */
  readonly property: string;
  /** Attribute that returns the ARN, as `Ref` does. */
  readonly attribute: string;
}

function named(source: IdentitySource, { kind, property, attribute }: Naming) {
  const name = source.text(property) ?? generatedName(source, 128);
  const arn = `arn:aws:batch:${source.region}:${source.accountId}:${kind}/${name}`;
  return { ref: arn, arn, attributes: { [attribute]: arn } };
}

/** A job definition has only one revision in the local runtime: a changed template replaces it. */
function jobDefinitionIdentity(source: IdentitySource) {
  const name = source.text('JobDefinitionName') ?? generatedName(source, 128);
  const arn = `arn:aws:batch:${source.region}:${source.accountId}:job-definition/${name}:1`;
  return { ref: arn, arn, attributes: { JobDefinitionArn: arn } };
}
