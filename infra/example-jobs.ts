import { EcsFargateContainerDefinition, EcsJobDefinition } from 'aws-cdk-lib/aws-batch';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage, LogDriver } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type ImageCode, type ImageName, imageNames } from './bundling/container-images.ts';
import { jobDefinitionName, type Names } from './settings/names.ts';
import { acknowledgeWildcard } from './settings/wildcard-permission.ts';

export interface ExampleJobsProps {
  readonly names: Names;
  readonly images: ImageCode;
}

const sizes = {
  'cpu-load': { cpu: 1, memory: Size.gibibytes(2) },
  'python-batch': { cpu: 0.25, memory: Size.mebibytes(512) },
} as const satisfies Record<ImageName, { readonly cpu: number; readonly memory: Size }>;

/**
 * The job definitions of the example containers. The execution role pulls images and writes logs. The
 * containers have no job role, so they cannot call AWS: everything they need comes from the worker routes.
 */
export class ExampleJobs extends Construct {
  constructor(scope: Construct, id: string, { names, images }: ExampleJobsProps) {
    super(scope, id);
    const executionRole = new Role(this, 'ExecutionRole', {
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
    });
    acknowledgeWildcard(executionRole, {
      resourceArn: '*',
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
      reason: 'The action that logs in to the registry supports no resource but *.',
    });
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/batch/${jobDefinitionName(names, 'examples')}`,
      retention: RetentionDays.ONE_MONTH,
      // A retained log group with a fixed name would prevent the stack from being created again.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    for (const name of imageNames) {
      new EcsJobDefinition(this, name, {
        jobDefinitionName: jobDefinitionName(names, name),
        // Batch does not retry; Errand does.
        retryAttempts: 1,
        timeout: Duration.hours(1),
        container: new EcsFargateContainerDefinition(this, `${name}-container`, {
          image: ContainerImage.fromAsset(images[name], { platform: Platform.LINUX_AMD64 }),
          ...sizes[name],
          // Without a public address it could reach neither the registry nor the API.
          assignPublicIp: true,
          executionRole,
          logging: LogDriver.awsLogs({ logGroup, streamPrefix: name }),
        }),
      });
    }
  }
}
