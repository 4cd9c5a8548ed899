import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { BatchService, JobEvents, LambdaService } from 'errand/cdk';

/** The services of a team, and a queue with the ends of their jobs. */
export class TeamStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, { description: 'Services of a team for Errand', ...props });
    const services = [
      new LambdaService(this, 'Thumbnails', { manifest: 'thumbnails/service.json' }),
      new LambdaService(this, 'MatchNames', { manifest: 'match-names/service.json' }),
      new BatchService(this, 'EstimatePi', { manifest: 'estimate-pi/service.json' }),
    ];

    const endedJobs = new Queue(this, 'EndedJobs', {
      enforceSSL: true,
      deadLetterQueue: { queue: new Queue(this, 'NotProcessed', { enforceSSL: true }), maxReceiveCount: 3 },
    });
    new JobEvents(this, 'Ended', {
      services: services.map(({ serviceName }) => serviceName),
      states: ['succeeded', 'failed', 'error', 'aborted'],
      target: new SqsQueue(endedJobs),
    });
    new CfnOutput(this, 'EndedJobsUrl', { value: endedJobs.queueUrl });
  }
}
