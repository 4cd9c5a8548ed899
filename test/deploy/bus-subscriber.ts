import type { JobBody } from '../support/local-service/ended-job.ts';
import { aws } from './aws.ts';
import { output } from './deployment.ts';

export interface Subscriber {
  /** Receives the waiting messages and returns all events so far, by id. */
  receive(): Promise<ReadonlyMap<string, JobBody>>;
  /** Removes the rule from the bus: a bus with rules of others cannot be deleted. */
  end(): Promise<void>;
}

/** A queue that gets the events that a rule on the bus selects, as a subscriber of another team has it. */
export async function subscribe(name: string, pattern: object): Promise<Subscriber> {
  const bus = { EventBusName: output('Errand', 'BusName') };
  // A received message is not received again within the hour, so nothing needs to be deleted.
  const { QueueUrl } = await aws('sqs', 'CreateQueue', {
    QueueName: name,
    Attributes: { VisibilityTimeout: '3600' },
  });
  const { Attributes } = await aws('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['QueueArn'] });
  const { QueueArn } = Attributes;
  const rule = { ...bus, Name: name, EventPattern: JSON.stringify(pattern) };
  const { RuleArn } = await aws('events', 'PutRule', rule);
  const Policy = JSON.stringify(letIn(QueueArn, RuleArn));
  await aws('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
  await aws('events', 'PutTargets', { ...bus, Rule: name, Targets: [{ Id: 'queue', Arn: QueueArn }] });
  const received = new Map<string, JobBody>();
  return {
    async receive() {
      for (;;) {
        const response = await aws('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
        const messages: ReadonlyArray<{ readonly Body: string }> = response.Messages ?? [];
        if (messages.length === 0) return received;
        for (const { Body } of messages) {
          const { detail } = JSON.parse(Body);
          received.set(detail.id, detail);
        }
      }
    },
    async end() {
      await aws('events', 'RemoveTargets', { ...bus, Rule: name, Ids: ['queue'] });
      await aws('events', 'DeleteRule', { ...bus, Name: name });
    },
  };
}

function letIn(queueArn: string, ruleArn: string): object {
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
  };
  return { Version: '2012-10-17', Statement: [statement] };
}
