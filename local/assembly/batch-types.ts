import { generatedName } from './physical-names.ts';
import { type IdentitySource, type ResourceTypes, TAGS_ARE_INERT } from './resource-type.ts';

const NETWORK = 'code here uses the network of this machine';

/** Types of AWS Batch on Fargate. */
export const BATCH_TYPES: ResourceTypes = {
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
      ...TAGS_ARE_INERT,
      'ComputeResources.SecurityGroupIds': NETWORK,
      'ComputeResources.Subnets': NETWORK,
      ReplaceComputeEnvironment: 'how CloudFormation replaces it',
      ServiceRole: 'nothing is provisioned for it here',
      UpdatePolicy: 'how CloudFormation replaces it',
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
    inert: TAGS_ARE_INERT,
  },
  'AWS::Batch::SchedulingPolicy': {
    identity: (source) => named(source, { kind: 'scheduling-policy', property: 'Name', attribute: 'Arn' }),
    honoured: [
      'Name',
      'FairsharePolicy.ShareDistribution.ShareIdentifier',
      'FairsharePolicy.ShareDistribution.WeightFactor',
    ],
    inert: {
      ...TAGS_ARE_INERT,
      'FairsharePolicy.ComputeReservation': 'nothing is held back on this machine',
      'FairsharePolicy.ShareDecaySeconds': 'only what runs at the moment counts here',
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
      ...TAGS_ARE_INERT,
      'ContainerProperties.EphemeralStorage': 'the disk is this machine’s',
      'ContainerProperties.FargatePlatformConfiguration': 'there is no Fargate here',
      'ContainerProperties.NetworkConfiguration': NETWORK,
      'ContainerProperties.ReadonlyRootFilesystem': 'the files are this machine’s',
      'ContainerProperties.RuntimePlatform': 'the code runs on this machine’s processor',
    },
  },
};

interface Naming {
  /** Resource part of the ARN. */
  readonly kind: string;
  /** Property that may set the name. */
  readonly property: string;
  /** Attribute that yields the ARN, as `Ref` does. */
  readonly attribute: string;
}

function named(source: IdentitySource, { kind, property, attribute }: Naming) {
  const name = source.text(property) ?? generatedName(source, 128);
  const arn = `arn:aws:batch:${source.region}:${source.accountId}:${kind}/${name}`;
  return { ref: arn, arn, attributes: { [attribute]: arn } };
}

/** A definition has one revision here: a changed template takes the place of the one before. */
function jobDefinitionIdentity(source: IdentitySource) {
  const name = source.text('JobDefinitionName') ?? generatedName(source, 128);
  const arn = `arn:aws:batch:${source.region}:${source.accountId}:job-definition/${name}:1`;
  return { ref: arn, arn, attributes: { JobDefinitionArn: arn } };
}
