import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAssembly } from '../../assembly/load-assembly.ts';
import type { CloudModel } from '../../cloud.ts';
import { functionWith, roleOf } from '../fixture/role-stack.ts';
import { type Template, writeAssembly } from '../fixture/write-assembly.ts';

export const testAccount = '123456789012';
export const testRegion = 'eu-central-1';
const dockerfile = 'FROM node:24\nWORKDIR /app\nCOPY . .\nCMD ["node", "main.mjs", "from-image"]\n';
const main = `console.log('arguments', process.argv.slice(2).join(' '), 'in', process.cwd());`;

/** The parts of the fixture's stack that a test can change. */
export interface StackOptions {
  /** Maximum vCPUs of the only compute environment. */
  readonly maximumVcpus?: number;
  readonly dockerfile?: string;
  /** Overrides of the properties of the job definition `work`. */
  readonly definition?: Template;
  /** Overrides of the container of the job definition `work`. */
  readonly container?: Template;
  /** Service that the job roles trust. */
  readonly trusted?: string;
  /** Statements of the policy of the role `JobRole`. */
  readonly jobGrants?: readonly unknown[];
  /** Additional resources. */
  readonly resources?: Template;
}

const arn = (id: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [id, attribute] });

/** A function named after its id whose role allows these actions, each with its resources. */
export function functionAllowed(id: string, grants: Readonly<Record<string, readonly unknown[]>>): Template {
  const statements = Object.entries(grants).map(([action, resources]) => ({
    Effect: 'Allow',
    Action: action,
    Resource: resources,
  }));
  return functionWith(id, statements);
}

function queue(name: string, more: Template = {}) {
  return {
    Type: 'AWS::Batch::JobQueue',
    Properties: {
      JobQueueName: name,
      Priority: 1,
      ComputeEnvironmentOrder: [
        { Order: 1, ComputeEnvironment: arn('Environment', 'ComputeEnvironmentArn') },
      ],
      ...more,
    },
  };
}

/** A queue `jobs`, a fair-share queue `shared`, and a job definition `work` with 0.25 vCPU and 512 MB. */
function batchStack(options: StackOptions = {}): Template {
  return {
    Resources: {
      Environment: {
        Type: 'AWS::Batch::ComputeEnvironment',
        Properties: {
          ComputeEnvironmentName: 'spot',
          Type: 'managed',
          ComputeResources: { Type: 'FARGATE_SPOT', MaxvCpus: options.maximumVcpus ?? 4, Subnets: [] },
        },
      },
      Fair: {
        Type: 'AWS::Batch::SchedulingPolicy',
        Properties: { Name: 'fair', FairsharePolicy: { ShareDecaySeconds: 3600, ShareDistribution: [] } },
      },
      Queue: queue('jobs'),
      Shared: queue('shared', { SchedulingPolicyArn: arn('Fair') }),
      JobRole: roleOf(options.trusted ?? 'ecs-tasks.amazonaws.com', 'JobRole', options.jobGrants),
      ExecutionRole: roleOf('ecs-tasks.amazonaws.com', 'ExecutionRole'),
      Work: {
        Type: 'AWS::Batch::JobDefinition',
        Properties: {
          JobDefinitionName: 'work',
          Type: 'container',
          PlatformCapabilities: ['FARGATE'],
          ContainerProperties: {
            Image: { 'Fn::Sub': `\${AWS::AccountId}.dkr.ecr.\${AWS::Region}.amazonaws.com/assets:imagehash` },
            Environment: [{ Name: 'FROM_TEMPLATE', Value: 'template' }],
            JobRoleArn: arn('JobRole'),
            ExecutionRoleArn: arn('ExecutionRole'),
            ResourceRequirements: [
              { Type: 'MEMORY', Value: '512' },
              { Type: 'VCPU', Value: '0.25' },
            ],
            ...options.container,
          },
          ...options.definition,
        },
      },
      ...options.resources,
    },
  };
}

/** Writes the stack with its image as an asset and returns the assembly's folder. */
export function writeBatchAssembly(options: StackOptions = {}): string {
  const directory = writeAssembly({ Batch: batchStack(options) });
  mkdirSync(join(directory, 'asset.image'));
  writeFileSync(join(directory, 'asset.image', 'Dockerfile'), options.dockerfile ?? dockerfile);
  writeFileSync(join(directory, 'asset.image', 'main.mjs'), main);
  const assets = {
    files: { code: { source: { path: 'asset.code' }, destinations: { here: { objectKey: 'code.zip' } } } },
    dockerImages: {
      imagehash: {
        source: { directory: 'asset.image' },
        destinations: { here: { repositoryName: 'assets', imageTag: 'imagehash' } },
      },
    },
  };
  writeFileSync(join(directory, 'Batch.assets.json'), JSON.stringify(assets));
  return directory;
}

export function loadBatchModel(assembly: string): CloudModel {
  return loadAssembly(assembly, { accountId: testAccount, region: testRegion });
}

/** Returns the loaded stack. */
export function batchModel(options: StackOptions = {}): CloudModel {
  return loadBatchModel(writeBatchAssembly(options));
}
