import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import {
  EcsFargateContainerDefinition,
  EcsJobDefinition,
  FairshareSchedulingPolicy,
  FargateComputeEnvironment,
  JobQueue,
} from 'aws-cdk-lib/aws-batch';
import { type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { expect, test } from 'vitest';
import { readJobDefinitions } from '../../batch/job-definition.ts';
import { readJobQueues } from '../../batch/job-queue.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';
import { batchModel, loadBatchModel, testAccount, testRegion } from './batch-stack.ts';

/** Synthesizes a stack of the CDK's own Batch constructs in a public network without paid gateways. */
function synthesize(): string {
  const image = temporaryDirectory();
  mkdirSync(join(image, 'build'));
  writeFileSync(join(image, 'build', 'Worker.Dockerfile'), 'FROM node:24\nCMD ["node", "worker.mjs"]\n');
  writeFileSync(join(image, 'worker.mjs'), '');
  const stack = new Stack(new App({ outdir: temporaryDirectory() }), 'Cdk');
  const network = new Vpc(stack, 'Network', {
    natGateways: 0,
    maxAzs: 2,
    subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC }],
  });
  const vpc = network as IVpc; // the CDK's types do not support exact optional properties
  const computeEnvironment = new FargateComputeEnvironment(stack, 'Environment', {
    vpc,
    maxvCpus: 16,
    spot: true,
  });
  new JobQueue(stack, 'Queue', {
    jobQueueName: 'cdk',
    schedulingPolicy: new FairshareSchedulingPolicy(stack, 'Fair', {
      shares: [{ shareIdentifier: 'slow*', weightFactor: 2 }],
    }),
    computeEnvironments: [{ computeEnvironment, order: 1 }],
  });
  new EcsJobDefinition(stack, 'Definition', {
    jobDefinitionName: 'cdk-job',
    timeout: Duration.hours(1),
    retryAttempts: 2,
    parameters: { a: 'b' },
    propagateTags: true,
    container: new EcsFargateContainerDefinition(stack, 'Container', {
      image: ContainerImage.fromAsset(image, { file: join('build', 'Worker.Dockerfile') }),
      cpu: 1,
      memory: Size.gibibytes(2),
      assignPublicIp: true,
      environment: { A: 'b' },
    }),
  });
  return (stack.node.root as App).synth().directory; // the root was created above
}

test('the CDK’s Batch constructs are supported', () => {
  const model = loadBatchModel(synthesize());
  const [queue] = readJobQueues(model);
  expect(queue).toMatchObject({
    name: 'cdk',
    environments: [{ maximumVcpus: 16 }],
    shareWeights: [{ shareIdentifier: 'slow*', weight: 2 }],
  });
  const arn = `arn:aws:batch:${testRegion}:${testAccount}:job-definition/cdk-job:1`;
  expect(readJobDefinitions(model).get(arn)).toMatchObject({
    arn,
    name: 'cdk-job',
    imageCommand: { entrypoint: [], command: ['node', 'worker.mjs'] },
    command: [],
    environment: { A: 'b' },
    size: { vcpus: 1, memoryMegabytes: 2048 },
    parameters: { a: 'b' },
    attempts: 2,
    timeoutSeconds: 3600,
    propagateTags: true,
  });
  const subnets = model.ofType('AWS::EC2::Subnet').map((subnet) => subnet.properties['AvailabilityZone']);
  expect(subnets).toEqual([`${testRegion}a`, `${testRegion}b`]);
});

test.each([
  [
    'an image that is not an asset',
    { container: { Image: 'public.ecr.aws/node:24' } },
    /is not an asset of the app/,
  ],
  [
    'secrets',
    { container: { Secrets: [{ Name: 'a', ValueFrom: 'b' }] } },
    /property ContainerProperties.Secrets/,
  ],
  [
    'rules for retries',
    { definition: { RetryStrategy: { EvaluateOnExit: [{ Action: 'EXIT' }] } } },
    /EvaluateOnExit/,
  ],
])('a job definition with %s is refused, and the error names it', (_what, options, message) => {
  expect(() => batchModel(options)).toThrow(message);
});

test.each([
  ['a size that Fargate does not offer', { container: { ResourceRequirements: [] } }, /NaN vCPU.* not valid/],
  ['a time limit below a minute', { definition: { Timeout: { AttemptDurationSeconds: 30 } } }, /at least 60/],
  ['another log driver', { container: { LogConfiguration: { LogDriver: 'splunk' } } }, /log driver awslogs/],
  ['another platform', { definition: { PlatformCapabilities: ['EC2'] } }, /only the platform FARGATE/],
  [
    'a command in the shell form',
    { dockerfile: 'FROM node\nCMD node main.js\n' },
    /CMD must be in the exec form/,
  ],
])('a job definition with %s is refused at the start', (_what, options, message) => {
  expect(() => readJobDefinitions(batchModel(options))).toThrow(message);
  expect(() => readJobDefinitions(batchModel(options))).toThrow('Batch/Work');
});
