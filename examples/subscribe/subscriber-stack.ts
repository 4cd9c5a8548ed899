import { join } from 'node:path';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Architecture, Code, Runtime, Function as SubscriberFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { JobEvents } from 'errand/cdk';

/** Subscribes to the events of Errand: a function reports failures, and a queue collects the ends of all jobs. */
export class SubscriberStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, { description: 'Subscribes to the events of Errand', ...props });

    const reportFailure = new SubscriberFunction(this, 'ReportFailure', {
      description: 'Reports each profile of a CSV file that failed',
      code: Code.fromAsset(join(import.meta.dirname, 'report-failure')),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.seconds(10),
    });
    new JobEvents(this, 'FailedProfiles', {
      services: ['csv-profile'],
      states: ['failed', 'error'],
      target: new LambdaFunction(reportFailure),
    });

    const endedJobs = new Queue(this, 'EndedJobs', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: new Queue(this, 'NotProcessed', { enforceSSL: true }), maxReceiveCount: 3 },
    });
    new JobEvents(this, 'Ended', {
      states: ['succeeded', 'failed', 'error', 'aborted'],
      target: new SqsQueue(endedJobs),
    });
    new CfnOutput(this, 'EndedJobsUrl', { value: endedJobs.queueUrl });
  }
}
