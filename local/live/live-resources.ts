import type { CloudModel, Resource } from '../cloud.ts';

/** A function that a developer adds while the runtime runs. */
export interface LiveFunction {
  readonly name: string;
  /** As in CloudFormation, such as `nodejs24.x`. */
  readonly runtime: string;
  /** As in CloudFormation, such as `index.handler`. */
  readonly handler: string;
  /** Absolute path of the folder with the code, which must not change until the function is replaced. */
  readonly directory: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
}

/** A Batch job definition that a developer adds while the runtime runs. */
export interface LiveJobDefinition {
  readonly name: string;
  /** Absolute path of the folder in which the command runs. */
  readonly directory: string;
  /** Absolute path; its ENTRYPOINT and CMD are the command. */
  readonly dockerfile: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly vcpus: number;
  readonly memoryMegabytes: number;
}

/** Name of the stack in messages about live resources. */
export const liveStack = 'live';

type Account = Pick<CloudModel, 'accountId' | 'region'>;

/** Returns the function and its role, which may only write logs, as the role of a new function on AWS. */
export function functionResources(
  live: LiveFunction,
  account: Account,
): { readonly role: Resource; readonly lambda: Resource } {
  const role = serviceRole(live.name, 'lambda.amazonaws.com', account);
  const lambda: Resource = {
    stack: liveStack,
    logicalId: live.name,
    type: 'AWS::Lambda::Function',
    ref: live.name,
    arn: `arn:aws:lambda:${account.region}:${account.accountId}:function:${live.name}`,
    assetDirectory: live.directory,
    properties: {
      FunctionName: live.name,
      Runtime: live.runtime,
      Handler: live.handler,
      Role: role.arn,
      Timeout: live.timeoutSeconds,
      MemorySize: live.memoryMegabytes,
      Environment: { Variables: live.environment },
      ...(live.reservedConcurrency === undefined
        ? {}
        : { ReservedConcurrentExecutions: live.reservedConcurrency }),
    },
  };
  return { role, lambda };
}

/** Returns the job definition and its execution role. Its containers have no job role, so they cannot call AWS. */
export function jobDefinitionResources(
  live: LiveJobDefinition,
  account: Account,
): { readonly role: Resource; readonly definition: Resource } {
  const role = serviceRole(live.name, 'ecs-tasks.amazonaws.com', account);
  const arn = `arn:aws:batch:${account.region}:${account.accountId}:job-definition/${live.name}:1`;
  const definition: Resource = {
    stack: liveStack,
    logicalId: live.name,
    type: 'AWS::Batch::JobDefinition',
    ref: arn,
    arn,
    assetDirectory: live.directory,
    dockerfile: live.dockerfile,
    properties: {
      JobDefinitionName: live.name,
      Type: 'container',
      PlatformCapabilities: ['FARGATE'],
      RetryStrategy: { Attempts: 1 },
      ContainerProperties: {
        Image: live.name,
        ExecutionRoleArn: role.arn,
        Environment: Object.entries(live.environment).map(([Name, Value]) => ({ Name, Value })),
        ResourceRequirements: [
          { Type: 'VCPU', Value: String(live.vcpus) },
          { Type: 'MEMORY', Value: String(live.memoryMegabytes) },
        ],
        LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': `/aws/batch/${live.name}` } },
      },
    },
  };
  return { role, definition };
}

function serviceRole(name: string, servicePrincipal: string, { accountId }: Account): Resource {
  return {
    stack: liveStack,
    logicalId: `${name}Role`,
    type: 'AWS::IAM::Role',
    ref: name,
    arn: `arn:aws:iam::${accountId}:role/${name}`,
    properties: {
      RoleName: name,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: servicePrincipal } }],
      },
    },
  };
}
