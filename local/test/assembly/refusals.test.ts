import { expect, test } from 'vitest';
import { AssemblyError, loadAssembly } from '../../assembly/load-assembly.ts';
import { writeAssembly } from '../fixture/write-assembly.ts';

const testAccount = { accountId: '123456789012', region: 'eu-central-1' };

function faultsOf(resources: Record<string, unknown>): readonly string[] {
  try {
    loadAssembly(writeAssembly({ Shop: { Resources: resources } }), testAccount);
  } catch (error) {
    if (error instanceof AssemblyError) return error.faults;
    throw error;
  }
  return [];
}

test('an unsupported type is refused, and the error states stack, logical ID and type', () => {
  expect(faultsOf({ Topic: { Type: 'AWS::SNS::Topic' } })).toEqual([
    'Shop/Topic (AWS::SNS::Topic): this type is not supported by the local runtime; use an SQS queue or a Lambda function as the target',
  ]);
});

test('an unsupported property is refused, and the error states its complete path', () => {
  const Properties = { Targets: [{ Arn: 'a', Id: '1', EcsParameters: { TaskCount: 1 } }], State: 'ENABLED' };
  expect(faultsOf({ Rule: { Type: 'AWS::Events::Rule', Properties } })).toEqual([
    'Shop/Rule (AWS::Events::Rule): property Targets.EcsParameters.TaskCount is not supported',
  ]);
});

test('all errors are reported together', () => {
  const faults = faultsOf({
    Topic: { Type: 'AWS::SNS::Topic' },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true, QueueName: { 'Fn::Nonsense': 1 } } },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { VersioningConfiguration: { Status: 'Enabled' } } },
  });
  expect(faults).toEqual([
    'Shop/Topic (AWS::SNS::Topic): this type is not supported by the local runtime; use an SQS queue or a Lambda function as the target',
    'Shop/Queue (AWS::SQS::Queue): intrinsic function Fn::Nonsense is not supported',
    'Shop/Bucket (AWS::S3::Bucket): property VersioningConfiguration.Status is not supported',
  ]);
});

test('a property of another type is not supported', () => {
  expect(faultsOf({ Q: { Type: 'AWS::SQS::Queue', Properties: { BucketName: 'x' } } })).toHaveLength(1);
});

test('a type that is inert as a whole may have any property', () => {
  expect(
    faultsOf({ Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { Anything: { at: ['all'] } } } }),
  ).toEqual([]);
});

test('a resource with a false condition is omitted', () => {
  const stack = {
    Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
    Resources: { Topic: { Type: 'AWS::SNS::Topic', Condition: 'Never' } },
  };
  expect(loadAssembly(writeAssembly({ Shop: stack }), testAccount).resources).toEqual([]);
});

test('two resources with the same name are refused', () => {
  const Queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'same' } };
  expect(faultsOf({ One: Queue, Two: Queue })).toEqual([
    'Shop/One and Shop/Two have the same ARN arn:aws:sqs:eu-central-1:123456789012:same',
  ]);
});

test('a folder without a manifest is refused, and the error names it', () => {
  expect(() => loadAssembly('/nowhere/cdk.out', testAccount)).toThrow('/nowhere/cdk.out/manifest.json');
});
