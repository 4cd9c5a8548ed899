import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { resourcesOf, synthesizedApp } from './support/synthesized-app.ts';

let errand: Template;
let batch: Template;
let examples: Template;
beforeAll(async () => {
  ({ errand, batch, examples } = await synthesizedApp());
});

describe('the compute environment of the containers', () => {
  test('is Fargate in public subnets, without any resource that is billed by the hour', () => {
    batch.hasResourceProperties('AWS::Batch::ComputeEnvironment', {
      Type: 'managed',
      ComputeResources: { Type: 'FARGATE', MaxvCpus: 64 },
    });
    batch.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: true });
    for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::VPCEndpoint', 'AWS::EC2::EIP'])
      batch.resourceCountIs(type, 0);
    batch.resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('accepts no connections from outside', () => {
    batch.allResourcesProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
    batch.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    const [group] = resourcesOf(batch, 'AWS::EC2::SecurityGroup');
    batch.hasResourceProperties('AWS::Batch::ComputeEnvironment', {
      ComputeResources: { SecurityGroupIds: [{ 'Fn::GetAtt': [group?.[0], 'GroupId'] }] },
    });
  });

  test('is shared fairly in a queue of a known name', () => {
    const [policy] = resourcesOf(batch, 'AWS::Batch::SchedulingPolicy');
    batch.hasResourceProperties('AWS::Batch::JobQueue', {
      JobQueueName: 'errand-queue',
      SchedulingPolicyArn: { 'Fn::GetAtt': [policy?.[0], 'Arn'] },
    });
  });

  test('depends on neither the service nor the examples, so that it can be left out', () => {
    for (const template of [errand, batch, examples])
      expect(JSON.stringify(template.toJSON())).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput/);
  });
});

describe('the job definitions of the examples', () => {
  test('have one attempt, a limit, an image of their own and a log that is kept for a month', () => {
    const definitions = resourcesOf(examples, 'AWS::Batch::JobDefinition').map(
      ([, { Properties }]) => Properties,
    );
    expect(definitions.map((one) => one['JobDefinitionName'])).toEqual([
      'errand-job-cpu-load',
      'errand-job-python-batch',
    ]);
    examples.allResourcesProperties('AWS::Batch::JobDefinition', {
      RetryStrategy: { Attempts: 1 },
      Timeout: { AttemptDurationSeconds: 3600 },
      PlatformCapabilities: ['FARGATE'],
      ContainerProperties: {
        NetworkConfiguration: { AssignPublicIp: 'ENABLED' },
        LogConfiguration: { LogDriver: 'awslogs' },
      },
    });
  });
});

describe('events of Batch', () => {
  const rules = () => resourcesOf(errand, 'AWS::Events::Rule').filter(([id]) => id.startsWith('BatchEvents'));

  test('are passed on from our queues only, with the members that each of them has and without the environment', () => {
    const passed = rules().map(([, { Properties }]) => {
      const [target] = Properties['Targets'] as [Record<string, Record<string, unknown>>];
      const detail = (Properties['EventPattern'] as Record<string, Record<string, unknown>>)['detail'];
      return { detail, paths: Object.values(target['InputTransformer']?.['InputPathsMap'] ?? {}).sort() };
    });
    const always = [
      '$.detail.attempts',
      '$.detail.container.logConfiguration.options.awslogs-group',
      '$.detail.container.logStreamName',
      '$.detail.jobId',
      '$.detail.jobName',
      '$.detail.status',
      '$.detail.tags.claim',
      '$.detail.tags.tenant',
      '$.time',
    ];
    const queueArn = (name: string) => ({ 'Fn::Join': ['', expect.arrayContaining([`:job-queue/${name}`])] });
    const ours = {
      // The queue itself, and names that start with its name and a -: no other name with the same prefix.
      jobQueue: [queueArn('errand-queue'), { prefix: queueArn('errand-queue-') }],
      tags: { tenant: [{ exists: true }], claim: [{ exists: true }] },
    };
    expect(passed).toMatchObject([
      {
        detail: {
          ...ours,
          statusReason: [{ exists: true }],
          status: ['RUNNABLE', 'RUNNING', 'SUCCEEDED', 'FAILED'],
        },
        paths: [...always, '$.detail.statusReason'].sort(),
      },
      {
        detail: {
          ...ours,
          statusReason: [{ exists: false }],
          status: ['RUNNING', 'SUCCEEDED', 'FAILED'],
        },
        paths: always,
      },
    ]);
  });

  test('contain optional members inside a text only, and of the container only its log', () => {
    const missing = /"<detail-container-log\w+-options-awslogs-group>:<detail-container-logStreamName>"/;
    for (const [, { Properties }] of rules()) {
      const [{ InputTransformer }] = Properties['Targets'] as [
        { InputTransformer: { InputTemplate: string } },
      ];
      expect(InputTransformer.InputTemplate).toMatch(missing);
      const others = InputTransformer.InputTemplate.replace(missing, '');
      expect(others).not.toContain('container');
      expect(others).not.toMatch(/"<|>"/);
    }
  });

  test('are kept when they cannot be processed', () => {
    const kept = { 'Fn::GetAtt': [Match.stringLikeRegexp('BatchEventsFailed'), 'Arn'] };
    expect(rules()).toHaveLength(2);
    for (const [, { Properties }] of rules())
      expect(Properties['Targets']).toMatchObject([
        {
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringContaining('BatchEventsFailed'), 'Arn'] } },
        },
      ]);
    errand.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      DestinationConfig: { OnFailure: { Destination: kept } },
      MaximumRetryAttempts: 2,
    });
  });
});
