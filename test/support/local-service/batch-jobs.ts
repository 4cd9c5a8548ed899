import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AssemblyChange } from './assembly-copy.ts';
import type { TestErrand } from './local-errand.ts';

/** Adds job definitions by name, as another team would deploy them; each image runs one module in Node.js. */
export function withJobDefinitions(modules: Readonly<Record<string, string>>): AssemblyChange {
  return ({ directory, resources, addImage }) => {
    const own = resources.ErrandExamples;
    own['TestExecutionRole'] = {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
      },
    };
    for (const [name, module] of Object.entries(modules)) {
      mkdirSync(join(directory, `asset.${name}`));
      writeFileSync(join(directory, `asset.${name}`, 'main.mjs'), module);
      writeFileSync(
        join(directory, `asset.${name}`, 'Dockerfile'),
        'FROM node:24-slim\nCMD ["node", "main.mjs"]\n',
      );
      own[name.replaceAll(/[^a-z0-9]/gi, '')] = jobDefinition(name, addImage(name));
    }
  };
}

function jobDefinition(name: string, image: string) {
  return {
    Type: 'AWS::Batch::JobDefinition',
    Properties: {
      JobDefinitionName: name,
      Type: 'container',
      PlatformCapabilities: ['FARGATE'],
      RetryStrategy: { Attempts: 1 },
      ContainerProperties: {
        Image: image,
        ExecutionRoleArn: { 'Fn::GetAtt': ['TestExecutionRole', 'Arn'] },
        ResourceRequirements: [
          { Type: 'VCPU', Value: '0.25' },
          { Type: 'MEMORY', Value: '512' },
        ],
      },
    },
  };
}

/** Registers version 1.0.0 of a service on a job definition. */
export async function registerBatchService(
  errand: TestErrand,
  name: string,
  {
    definition = {},
    ...dispatcher
  }: {
    readonly jobDefinition: string;
    readonly environment?: Readonly<Record<string, string>>;
    /** Overrides members of the definition. */
    readonly definition?: object;
  },
): Promise<void> {
  const response = await errand.call(`/v1/services/${name}/versions/1.0.0`, {
    method: 'PUT',
    body: { parameters: {}, dispatcher: { kind: 'batch', ...dispatcher }, ...definition },
  });
  if (response.status !== 201) throw new Error(`${response.status}: ${JSON.stringify(response.body)}`);
}
