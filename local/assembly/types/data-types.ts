import { isRecord, type JsonRecord, listOf } from '../../json.ts';
import { generatedName } from '../physical-names.ts';
import { type IdentitySource, type ResourceTypes, tagsAreInert } from '../resource-type.ts';
import { localStreamArn } from '../stream-arn.ts';

const indexPaths = ['IndexName', 'KeySchema.AttributeName', 'KeySchema.KeyType'].concat(
  ['ProjectionType', 'NonKeyAttributes'].map((name) => `Projection.${name}`),
);

const tablePaths = [
  'TableName',
  'AttributeDefinitions.AttributeName',
  'AttributeDefinitions.AttributeType',
  'KeySchema.AttributeName',
  'KeySchema.KeyType',
  'StreamSpecification.StreamViewType',
  'TimeToLiveSpecification.AttributeName',
  'TimeToLiveSpecification.Enabled',
  ...indexPaths.map((path) => `GlobalSecondaryIndexes.${path}`),
  ...indexPaths.map((path) => `LocalSecondaryIndexes.${path}`),
];
const lifecyclePaths = [
  ...[
    'Status',
    'Prefix',
    'ObjectSizeGreaterThan',
    'ObjectSizeLessThan',
    'ExpirationInDays',
    'ExpirationDate',
  ],
  ...['AbortIncompleteMultipartUpload.DaysAfterInitiation', 'TagFilters.Key', 'TagFilters.Value'],
].map((path) => `LifecycleConfiguration.Rules.${path}`);
const corsPaths = ['AllowedHeaders', 'AllowedMethods', 'AllowedOrigins', 'ExposedHeaders', 'MaxAge'].map(
  (path) => `CorsConfiguration.CorsRules.${path}`,
);
const noVersionsReason = 'a local bucket stores only the current version of an object';
const noBackupReason = 'back up the data folder instead';
const noBillingReason = 'local tables are not billed and are always on demand';
const diskEncryptionReason = 'the owner of this machine decides whether its disk is encrypted';
const neverDeletedReason = 'the local runtime never deletes a table';
const noMetricsReason = 'the local runtime collects no metrics';
const tableClassReason = 'storage classes differ only in price';

/** Types that store data: tables, buckets and queues. */
export const dataTypes: ResourceTypes = {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
  'AWS::DynamoDB::Table': {
    identity: tableIdentity,
    honoured: tablePaths,
    inert: {
      ...tagsAreInert,
      BillingMode: noBillingReason,
      PointInTimeRecoverySpecification: noBackupReason,
      SSESpecification: diskEncryptionReason,
      DeletionProtectionEnabled: neverDeletedReason,
      ContributorInsightsSpecification: noMetricsReason,
      'GlobalSecondaryIndexes.ContributorInsightsSpecification': noMetricsReason,
      TableClass: tableClassReason,
    },
  },
  // The construct TableV2 makes this type also of a table in one region.
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
  'AWS::DynamoDB::GlobalTable': {
    identity: tableIdentity,
    treatedAs: 'AWS::DynamoDB::Table',
    check: refuseOtherReplicas,
    honoured: [...tablePaths, 'Replicas.Region'],
    inert: {
      BillingMode: noBillingReason,
      SSESpecification: diskEncryptionReason,
      'Replicas.ContributorInsightsSpecification': noMetricsReason,
      'Replicas.DeletionProtectionEnabled': neverDeletedReason,
      'Replicas.GlobalSecondaryIndexes': 'indexes of a replica only set metrics and throughput',
      'Replicas.PointInTimeRecoverySpecification': noBackupReason,
      'Replicas.SSESpecification': diskEncryptionReason,
      'Replicas.TableClass': tableClassReason,
      'Replicas.Tags': tagsAreInert.Tags,
    },
  },
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
  'AWS::S3::Bucket': {
    identity: bucketIdentity,
    honoured: ['BucketName', ...lifecyclePaths, ...corsPaths],
    inert: {
      ...tagsAreInert,
      BucketEncryption: diskEncryptionReason,
      'CorsConfiguration.CorsRules.Id': 'only names the rule',
      'LifecycleConfiguration.Rules.Id': 'only names the rule',
      'LifecycleConfiguration.Rules.Transitions': tableClassReason,
      'LifecycleConfiguration.Rules.Transition': tableClassReason,
      'LifecycleConfiguration.Rules.ExpiredObjectDeleteMarker': noVersionsReason,
      'LifecycleConfiguration.Rules.NoncurrentVersionExpiration': noVersionsReason,
      'LifecycleConfiguration.Rules.NoncurrentVersionExpirationInDays': noVersionsReason,
      'LifecycleConfiguration.Rules.NoncurrentVersionTransition': noVersionsReason,
      'LifecycleConfiguration.Rules.NoncurrentVersionTransitions': noVersionsReason,
      'LifecycleConfiguration.TransitionDefaultMinimumObjectSize': tableClassReason,
      OwnershipControls: 'the local runtime has only one account',
      PublicAccessBlockConfiguration: 'every request must be signed, so no access is public',
    },
  },
  'AWS::S3::BucketPolicy': {
    identity: (source) => ({ ref: source.text('Bucket') ?? source.logicalId, attributes: {} }),
    honoured: ['Bucket', 'PolicyDocument.**'],
    inert: {},
  },
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
  'AWS::SQS::Queue': {
    identity: queueIdentity,
    honoured: [
      'QueueName',
      'VisibilityTimeout',
      'MessageRetentionPeriod',
      'DelaySeconds',
      'MaximumMessageSize',
      'ReceiveMessageWaitTimeSeconds',
      'RedrivePolicy.deadLetterTargetArn',
      'RedrivePolicy.maxReceiveCount',
    ],
    inert: {
      ...tagsAreInert,
      SqsManagedSseEnabled: diskEncryptionReason,
      RedriveAllowPolicy: 'only restricts which accounts and queues may use a dead-letter queue',
    },
  },
  'AWS::SQS::QueuePolicy': {
    identity: (source) => ({ ref: generatedName(source, 80), attributes: {} }),
    honoured: ['Queues', 'PolicyDocument.**'],
    inert: {},
  },
};

function tableIdentity(source: IdentitySource) {
  const name = source.text('TableName') ?? generatedName(source, 255);
  const arn = `arn:aws:dynamodb:${source.region}:${source.accountId}:table/${name}`;
  const stream = source.has('StreamSpecification') ? { StreamArn: localStreamArn(arn) } : {};
  return { ref: name, arn, attributes: { Arn: arn, ...stream } };
}

function refuseOtherReplicas(properties: JsonRecord, region: string): void {
  const regions = listOf(properties['Replicas']).map((replica) => isRecord(replica) && replica['Region']);
  const other = regions.find((name) => name !== region);
  if (other !== undefined)
    throw new Error(`property Replicas.Region ${String(other)} is not supported; only ${region} is`);
}

function bucketIdentity(source: IdentitySource) {
  const name = source.text('BucketName') ?? generatedName(source, 63).toLowerCase();
  const arn = `arn:aws:s3:::${name}`;
  const domains = {
    DomainName: `${name}.s3.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${source.region}.amazonaws.com`,
  };
  return { ref: name, arn, attributes: { Arn: arn, ...domains } };
}

function queueIdentity(source: IdentitySource) {
  const name = source.text('QueueName') ?? generatedName(source, 80);
  const arn = `arn:aws:sqs:${source.region}:${source.accountId}:${name}`;
  const ref = `https://sqs.${source.region}.amazonaws.com/${source.accountId}/${name}`;
  return { ref, arn, attributes: { Arn: arn, QueueName: name, QueueUrl: ref } };
}
