import { generatedName } from '../physical-names.ts';
import { type IdentitySource, type ResourceTypes, tagsAreInert } from '../resource-type.ts';
import { localStreamArn } from '../stream-arn.ts';

const indexPaths = ['IndexName', 'KeySchema.AttributeName', 'KeySchema.KeyType'].concat(
  ['ProjectionType', 'NonKeyAttributes'].map((name) => `Projection.${name}`),
);

/** Types that store data: tables, buckets and queues. */
export const dataTypes: ResourceTypes = {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
  'AWS::DynamoDB::Table': {
    identity: tableIdentity,
    honoured: [
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
    ],
    inert: {
      ...tagsAreInert,
      BillingMode: 'local tables are not billed and are always on demand',
      PointInTimeRecoverySpecification: 'back up the data folder instead',
      SSESpecification: 'the owner of this machine decides whether its disk is encrypted',
      DeletionProtectionEnabled: 'the local runtime never deletes a table',
      ContributorInsightsSpecification: 'the local runtime collects no metrics',
      'GlobalSecondaryIndexes.ContributorInsightsSpecification': 'the local runtime collects no metrics',
      TableClass: 'storage classes differ only in price',
    },
  },
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
  'AWS::S3::Bucket': {
    identity: bucketIdentity,
    honoured: ['BucketName'],
    inert: {
      ...tagsAreInert,
      BucketEncryption: 'the owner of this machine decides whether its disk is encrypted',
      LifecycleConfiguration:
        'expiration only saves storage cost; local objects remain until they are deleted',
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
      SqsManagedSseEnabled: 'the owner of this machine decides whether its disk is encrypted',
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
