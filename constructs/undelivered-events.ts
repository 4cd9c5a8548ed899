import type { IRuleTarget } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/**
 * Adds the queue `Undelivered` to the scope, which keeps for 14 days the events that EventBridge could not deliver to a
 * target. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function addUndeliveredEvents(scope: Construct): Queue {
  const queue = new Queue(scope, 'Undelivered', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  const reason = 'It is the dead-letter queue of a rule, which cdk-nag does not detect.';
  Validations.of(queue).acknowledge(
    { id: 'AwsSolutions-SQS3', reason },
    { id: 'Serverless-SQSRedrivePolicy', reason },
  );
  return queue;
}

/** Returns the target with the queue for its undelivered events; a target that has such a queue keeps its own. */
export function withUndeliveredEvents(target: IRuleTarget, queueOf: () => Queue): IRuleTarget {
  return {
    bind: (rule, id) => {
      const config = target.bind(rule, id);
      if (config.deadLetterConfig !== undefined) return config;
      const queue = queueOf();
      queue.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal('events.amazonaws.com')],
          actions: ['sqs:SendMessage'],
          resources: [queue.queueArn],
          conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleRef.ruleArn } },
        }),
      );
      return { ...config, deadLetterConfig: { arn: queue.queueArn } };
    },
  };
}
