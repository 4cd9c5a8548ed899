import { FairshareSchedulingPolicy, FargateComputeEnvironment, JobQueue } from 'aws-cdk-lib/aws-batch';
import { type IVpc, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { jobQueueName, namesOf } from './settings/names.ts';

export interface ErrandBatchStackProps extends StackProps {
  /** The prefix of the Errand stack that submits to this queue; default `errand`. */
  readonly prefix?: string;
  /** The maximum number of vCPUs in use at a time; default 64. */
  readonly maxVcpus?: number;
  /** Whether to use Spot capacity, which is cheaper but may be interrupted at any time; default false. */
  readonly spot?: boolean;
}

/**
 * The queue and compute environment for containers: AWS Batch on Fargate. It costs nothing while no job runs.
 * The main stack refers to the queue by name, so this stack is optional and can be deployed later.
 */
export class ErrandBatchStack extends Stack {
  constructor(scope: Construct, id: string, props: ErrandBatchStackProps = {}) {
    super(scope, id, { description: 'Runs containers of Errand, a job service, on AWS Batch', ...props });
    const names = namesOf(props.prefix ?? 'errand');
    const vpc = addNetwork(this);
    const computeEnvironment = new FargateComputeEnvironment(this, 'Fargate', {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      securityGroups: [
        new SecurityGroup(this, 'Outward', {
          vpc,
          description: 'Containers make outbound calls only',
          allowAllOutbound: true,
        }),
      ],
      maxvCpus: props.maxVcpus ?? 64,
      spot: props.spot ?? false,
    });
    const queue = new JobQueue(this, 'Queue', {
      jobQueueName: jobQueueName(names),
      computeEnvironments: [{ computeEnvironment, order: 1 }],
      // A policy cannot be added to an existing queue. Each tenant is a share; all shares have the same
      // weight.
      schedulingPolicy: new FairshareSchedulingPolicy(this, 'FairShare'),
    });
    new CfnOutput(this, 'JobQueueName', { value: queue.jobQueueName });
  }
}

/**
 * Creates public subnets with public addresses and no inbound access: a NAT gateway would be charged by the
 * hour.
 */
function addNetwork(scope: Construct): IVpc {
  const vpc = new Vpc(scope, 'Network', {
    natGateways: 0,
    maxAzs: 3,
    subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC }],
    // The restriction needs a function with permissions on the network, and nothing uses the default group.
    restrictDefaultSecurityGroup: false,
  });
  Validations.of(vpc).acknowledge({
    id: 'AwsSolutions-VPC7',
    reason: 'Flow logs are charged by the traffic of the jobs, and no inbound access is possible.',
  });
  return vpc as IVpc; // the types of the CDK do not support exactOptionalPropertyTypes
}
