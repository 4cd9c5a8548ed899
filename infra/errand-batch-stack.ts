import { CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { FairshareSchedulingPolicy, FargateComputeEnvironment, JobQueue } from 'aws-cdk-lib/aws-batch';
import { type IVpc, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { jobQueueName, namesOf } from './settings/names.ts';

export interface ErrandBatchStackProps extends StackProps {
  /** The prefix of the service that is to submit here; default `errand`. */
  readonly prefix?: string;
  /** How many processors may be in use at once; default 64. */
  readonly maxVcpus?: number;
  /** Whether to use capacity that may be taken back at any time, at a lower price; default false. */
  readonly spot?: boolean;
}

/**
 * Where containers run: AWS Batch on Fargate. Nothing here costs anything while no job runs. The service knows the queue
 * by its name, so this stack may come later, or never.
 */
export class ErrandBatchStack extends Stack {
  constructor(scope: Construct, id: string, props: ErrandBatchStackProps = {}) {
    super(scope, id, { description: 'Where containers of Errand, a job service, run', ...props });
    const names = namesOf(props.prefix ?? 'errand');
    const vpc = addNetwork(this);
    const computeEnvironment = new FargateComputeEnvironment(this, 'Fargate', {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      securityGroups: [
        new SecurityGroup(this, 'Outward', {
          vpc,
          description: 'Containers call out and nobody calls them',
          allowAllOutbound: true,
        }),
      ],
      maxvCpus: props.maxVcpus ?? 64,
      spot: props.spot ?? false,
    });
    const queue = new JobQueue(this, 'Queue', {
      jobQueueName: jobQueueName(names),
      computeEnvironments: [{ computeEnvironment, order: 1 }],
      // A queue cannot be given a policy later. Each tenant is a share, all of the same weight.
      schedulingPolicy: new FairshareSchedulingPolicy(this, 'FairShare'),
    });
    new CfnOutput(this, 'JobQueueName', { value: queue.jobQueueName });
  }
}

/** Public subnets with public addresses and no way in: a NAT gateway would be billed by the hour. */
function addNetwork(scope: Construct): IVpc {
  const vpc = new Vpc(scope, 'Network', {
    natGateways: 0,
    maxAzs: 3,
    subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC }],
    // It would take a function with rights on the network; nothing is in the default group.
    restrictDefaultSecurityGroup: false,
  });
  Validations.of(vpc).acknowledge({
    id: 'AwsSolutions-VPC7',
    reason: 'Flow logs are billed for all that jobs read and write; nothing can reach them from outside.',
  });
  return vpc as IVpc; // the CDK's types are not made for exact optional properties
}
