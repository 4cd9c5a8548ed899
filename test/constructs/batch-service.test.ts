import { App, Size, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { EcsFargateContainerDefinition, EcsJobDefinition } from 'aws-cdk-lib/aws-batch';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BatchService } from '../../constructs/batch-service.ts';
import { batchService, deleteFolders, folderWith, lambdaService } from './support/service-folder.ts';

const newStack = () => new Stack(new App({ outdir: folderWith({}) }), 'Team');
const withCommand = { dockerfile: undefined, command: ['python3', 'main.py'] };

afterAll(deleteFolders);
// The CDK loads its modules when they are used first, which can take longer than a test on a busy machine.
beforeAll(() => {
  const stack = new Stack(new App({ outdir: folderWith({}) }), 'Team');
  new EcsJobDefinition(stack, 'JobDefinition', {
    container: new EcsFargateContainerDefinition(stack, 'Container', {
      image: ContainerImage.fromRegistry('python'),
      cpu: 1,
      memory: Size.gibibytes(2),
    }),
  });
  Template.fromStack(stack);
});

describe('a BatchService', () => {
  test('creates the job definition of its manifest, for Fargate and without retries', () => {
    const stack = newStack();
    const service = new BatchService(stack, 'Render', { manifest: batchService() });
    expect(service).toMatchObject({
      jobDefinitionName: 'errand-job-render',
      serviceName: 'render',
      serviceVersion: '2.0.0',
      definition: { dispatcher: { kind: 'batch', jobDefinition: 'errand-job-render' } },
    });
    const template = Template.fromStack(stack);
    const [logs = ''] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
    template.hasResourceProperties('AWS::Batch::JobDefinition', {
      JobDefinitionName: 'errand-job-render',
      PlatformCapabilities: ['FARGATE'],
      RetryStrategy: { Attempts: 1 },
      Timeout: { AttemptDurationSeconds: 3600 },
      ContainerProperties: {
        Command: Match.absent(),
        JobRoleArn: Match.absent(),
        ResourceRequirements: Match.arrayWith([
          { Type: 'MEMORY', Value: '1024' },
          { Type: 'VCPU', Value: '0.5' },
        ]),
        LogConfiguration: {
          LogDriver: 'awslogs',
          Options: Match.objectLike({ 'awslogs-group': { Ref: logs } }),
        },
      },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: '/aws/batch/errand-job-render',
      RetentionInDays: 30,
    });
  });

  test('has an execution role that may only pull the image and write the log', () => {
    const stack = newStack();
    new BatchService(stack, 'Render', { manifest: batchService() });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Role', 1);
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
    const document = policy?.['Properties'] as {
      PolicyDocument: { Statement: readonly { Action: string | string[] }[] };
    };
    expect(document.PolicyDocument.Statement.flatMap(({ Action }) => Action).sort()).toEqual([
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:GetAuthorizationToken',
      'ecr:GetDownloadUrlForLayer',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });

  test('limits an attempt to the time of the definition', () => {
    const stack = newStack();
    new BatchService(stack, 'Render', { manifest: batchService({ attemptTimeoutSeconds: 600 }) });
    Template.fromStack(stack).hasResourceProperties('AWS::Batch::JobDefinition', {
      Timeout: { AttemptDurationSeconds: 600 },
    });
  });

  test('runs its command in a given image', () => {
    const stack = newStack();
    new BatchService(stack, 'Render', {
      manifest: batchService({}, withCommand),
      image: ContainerImage.fromRegistry('public.ecr.aws/docker/library/python:3.14-slim'),
      containerProps: { environment: { THREADS: '4' } },
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: {
        Image: 'public.ecr.aws/docker/library/python:3.14-slim',
        Command: ['python3', 'main.py'],
        Environment: [{ Name: 'THREADS', Value: '4' }],
      },
    });
  });
});

describe('the synthesis stops with one sentence', () => {
  test('for a command without an image', () => {
    const manifest = batchService({}, withCommand);
    expect(() => new BatchService(newStack(), 'Render', { manifest })).toThrow(
      `${manifest}: A service with source.command needs an image on AWS: give BatchService the property image`,
    );
  });

  test('for a manifest of a function', () => {
    const manifest = lambdaService();
    expect(() => new BatchService(newStack(), 'Thumbnails', { manifest })).toThrow(
      `${manifest}: Its source has the kind "lambda": use LambdaService instead of BatchService.`,
    );
  });
});
