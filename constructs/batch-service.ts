import {
  EcsFargateContainerDefinition,
  type EcsFargateContainerDefinitionProps,
  EcsJobDefinition,
} from 'aws-cdk-lib/aws-batch';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage, LogDriver } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy, Size, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { ServiceDefinition } from '../core/contract/schemas/service-schemas.ts';
import { definitionOf, jobDefinitionNameOf } from '../manifest/resource-names.ts';
import type { BatchSource } from '../manifest/service-manifest.ts';
import { readService } from './read-service.ts';
import { SynthesisError } from './synthesis-error.ts';

export interface BatchServiceProps {
  /** Path of the `service.json`, absolute or relative to the working directory, which is the folder of `cdk.json`. */
  readonly manifest: string;
  /** The image of a service that has a `command`, or a replacement for the image of the Dockerfile. */
  readonly image?: ContainerImage;
  /** The prefix of the Errand stack that submits the jobs; default `errand`. */
  readonly prefix?: string;
  /** Further properties of the container, such as a job role or secrets. */
  readonly containerProps?: Omit<
    EcsFargateContainerDefinitionProps,
    'image' | 'cpu' | 'memory' | 'command' | 'logging'
  >;
}

/**
 * The job definition of a service on AWS Batch with Fargate, under the name that Errand submits. Its execution role pulls
 * the image and writes the log; the container has no role unless `containerProps` sets one. Throws `SynthesisError` for an
 * invalid manifest, and for a command without an image.
 */
export class BatchService extends Construct {
  readonly jobDefinition: EcsJobDefinition;
  readonly jobDefinitionName: string;
  readonly serviceName: string;
  readonly serviceVersion: string;
  /** What `errand services push` registers. */
  readonly definition: ServiceDefinition;

  constructor(scope: Construct, id: string, props: BatchServiceProps) {
    super(scope, id);
    const prefix = props.prefix ?? 'errand';
    const { folder, manifest, source } = readService('batch', { manifest: props.manifest, prefix });
    this.serviceName = manifest.name;
    this.serviceVersion = manifest.version;
    this.jobDefinitionName = jobDefinitionNameOf(manifest, prefix);
    this.definition = definitionOf(manifest, prefix);
    this.jobDefinition = new EcsJobDefinition(this, 'JobDefinition', {
      jobDefinitionName: this.jobDefinitionName,
      // Batch does not retry; Errand does.
      retryAttempts: 1,
      // Errand sets the limit of each attempt; this one applies to jobs that are submitted without Errand.
      timeout: Duration.seconds(manifest.attemptTimeoutSeconds ?? 3600),
      container: new EcsFargateContainerDefinition(this, 'Container', {
        // Without a public address, a container in Errand's subnets could reach neither the registry nor the API.
        assignPublicIp: true,
        executionRole: this.#addExecutionRole(),
        ...props.containerProps,
        image: imageOf(props, folder, source),
        ...(source.command === undefined ? {} : { command: source.command }),
        cpu: source.vcpus,
        memory: Size.mebibytes(source.memoryMiB),
        logging: LogDriver.awsLogs({ logGroup: this.#addLogGroup(), streamPrefix: manifest.name }),
      }),
    });
  }

  #addExecutionRole(): Role {
    const role = new Role(this, 'ExecutionRole', {
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
    });
    // `acknowledge` treats the text before `::` as the name of a plugin; cdk-nag reads this metadata itself.
    role.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, {
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
      'AwsSolutions-IAM5[Resource::*]': 'The action that logs in to the registry supports no resource but *.',
    });
    return role;
  }

  /** Errand reads the logs of containers in log groups below `/aws/batch/`. */
  #addLogGroup(): LogGroup {
    return new LogGroup(this, 'Logs', {
      logGroupName: `/aws/batch/${this.jobDefinitionName}`,
      retention: RetentionDays.ONE_MONTH,
      // A retained log group with a fixed name would prevent the stack from being created again.
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

function imageOf(
  { image, manifest }: BatchServiceProps,
  folder: string,
  { dockerfile }: BatchSource,
): ContainerImage {
  if (image !== undefined) return image;
  if (dockerfile === undefined)
    throw new SynthesisError(
      `${manifest}: A service with source.command needs an image on AWS: give BatchService the property image, such as ContainerImage.fromRegistry("public.ecr.aws/docker/library/python:3.14-slim"), or replace source.command by source.dockerfile.`,
    );
  return ContainerImage.fromAsset(folder, {
    file: dockerfile,
    platform: Platform.LINUX_AMD64,
    exclude: ['**/node_modules', '**/.git', '**/.errand', '**/cdk.out'],
  });
}
