import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { EcsFargateContainerDefinition, EcsJobDefinition } from 'aws-cdk-lib/aws-batch';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage, LogDriver } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
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
 * Job definitions of the example containers. Their role fetches images and writes logs; the containers have none of their
 * own, so they can call nothing on AWS: what they need comes from the worker routes.
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
      // A fixed name that stayed behind would stop the stack from being created again.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    for (const name of imageNames) {
      new EcsJobDefinition(this, name, {
        jobDefinitionName: jobDefinitionName(names, name),
        // Errand's own attempts are the only ones.
        retryAttempts: 1,
        timeout: Duration.hours(1),
        container: new EcsFargateContainerDefinition(this, `${name}-container`, {
          image: ContainerImage.fromAsset(images[name], { platform: Platform.LINUX_AMD64 }),
          ...sizes[name],
          // It has no other way to its image and to the API.
          assignPublicIp: true,
          executionRole,
          logging: LogDriver.awsLogs({ logGroup, streamPrefix: name }),
        }),
      });
    }
  }
}
