import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** The timeout of the function that delivers: a call of 15 s, with the reads and writes around it. */
export const deliverTimeoutSeconds = 30;

/**
 * How often a message is received before it is kept: the function itself sends the message for the next attempt, so a message is
 * received again only if a store or the queue failed, or the function crashed.
 */
const maxReceives = 10;

/**
 * The maximum number of batches of ten messages that are processed at the same time; SQS invokes the function no more often. Twice the
 * number of slow calls that may be in progress (core/webhooks/delivery/slow-slots.ts), so that half of the invocations are left for
 * other receivers even if each slow call is in an invocation of its own.
 */
const maxConcurrency = 40;

/**
 * The messages about webhooks, most of which request one attempt of a delivery, and those that could not be processed, for 14 days
 * each. A message may be delayed by up to 15 minutes.
 */
export class WebhookQueue extends Construct {
  readonly queue: Queue;
  readonly failed: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const settings = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    };
    this.failed = new Queue(this, 'Failed', settings);
    Validations.of(this.failed).acknowledge(
      ...['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy'].map((id) => ({
        id,
        reason: 'It is the dead-letter queue of the other queue.',
      })),
    );
    this.queue = new Queue(this, 'Queue', {
      ...settings,
      // Six times the timeout of the function, as Lambda recommends:
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      visibilityTimeout: Duration.seconds(6 * deliverTimeoutSeconds),
      deadLetterQueue: { queue: this.failed, maxReceiveCount: maxReceives },
    });
  }

  grantSend(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [this.queue.queueArn] });
  }

  /** Invokes a function with the messages, which reports those that it could not process. */
  addConsumer(target: IFunction): void {
    Grant.addToPrincipal({
      grantee: target,
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      resourceArns: [this.queue.queueArn],
    });
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
      maxConcurrency,
    });
    Validations.of(mapping).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason:
        'Messages that fail repeatedly go to the dead-letter queue of the queue; a mapping of a queue has no destination.',
    });
  }
}
