import type { AssemblyChange } from '../local-service/assembly-copy.ts';

/** Name of the queue that `queueForAllEvents` adds. */
export const busQueueName = 'errand-all-events';

/** Name of the file in the data folder with the endpoint and the operator's key of the local AWS services. */
export const accessFile = 'aws.json';

/** Adds a rule to the event bus that sends every event to a queue, as a subscriber to all events would. */
export const queueForAllEvents: AssemblyChange = ({ resources: { Errand } }) => {
  const bus = Object.entries(Errand).find(([, { Type }]) => Type === 'AWS::Events::EventBus')?.[0];
  if (bus === undefined) throw new Error('the stack has no event bus');
  const queueArn = { 'Fn::GetAtt': ['AllEventsQueue', 'Arn'] };
  Errand['AllEventsQueue'] = { Type: 'AWS::SQS::Queue', Properties: { QueueName: busQueueName } };
  Errand['AllEventsRule'] = {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventBusName: { Ref: bus },
      EventPattern: { source: ['errand'] },
      State: 'ENABLED',
      Targets: [{ Id: 'Queue', Arn: queueArn }],
    },
  };
  Errand['AllEventsPolicy'] = {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'AllEventsQueue' }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Resource: queueArn,
            Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['AllEventsRule', 'Arn'] } } },
          },
        ],
      },
    },
  };
};
