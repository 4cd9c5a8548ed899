import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { operateTimeoutSeconds } from '../functions/operation-functions.ts';

/**
 * The number of operations that are worked on at the same time in the account; the others wait for their turn of 20 s. It keeps
 * operations from using the concurrency that jobs need.
 */
const maxConcurrency = 5;

const notKeptReason = 'A message only names an operation, and the reconciler sends it again.';

/**
 * The queue of the operations that have work left, one message each. A message that is lost or cannot be processed is sent again by
 * the reconciler, so messages are kept for an hour only.
 */
export class OperationQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.hours(1),
      // Six times the timeout of the function, as AWS recommends.
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(6 * operateTimeoutSeconds),
    });
    Validations.of(this.queue).acknowledge(
      { id: 'AwsSolutions-SQS3', reason: notKeptReason },
      { id: 'Serverless-SQSRedrivePolicy', reason: notKeptReason },
    );
  }

  /** Invokes the function with each message. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
  deliverTo(operate: IFunction): void {
    this.queue.grantConsumeMessages(operate);
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: operate,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      maxConcurrency,
    });
    Validations.of(mapping).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: notKeptReason,
    });
  }
}
