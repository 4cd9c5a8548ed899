import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JobEvents, type JobEventsProps } from '../../constructs/job-events.ts';
import { jobStatuses } from '../../core/contract/job-state.ts';
import { deleteFolders, folderWith } from './support/service-folder.ts';

function stackWith(propsOf: (stack: Stack) => JobEventsProps) {
  const stack = new Stack(new App({ outdir: folderWith({}) }), 'Team');
  const events = new JobEvents(stack, 'Ended', propsOf(stack));
  return { stack, events };
}

const templateWith = (propsOf: (stack: Stack) => JobEventsProps) =>
  Template.fromStack(stackWith(propsOf).stack);
const queueTarget = (stack: Stack, id = 'Queue') => new SqsQueue(new Queue(stack, id));

afterAll(deleteFolders);
// The CDK loads its modules when they are used first, which can take longer than a test on a busy machine.
beforeAll(() => {
  templateWith((stack) => ({ target: queueTarget(stack) }));
});

describe('the rule of JobEvents', () => {
  test('matches the services and the states, on the bus of a stack with the default prefix', () => {
    const template = templateWith((stack) => ({
      services: ['thumbnails', 'match-names', 'thumbnails'],
      states: ['failed', 'error'],
      target: queueTarget(stack),
    }));
    template.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: 'errand-events',
      EventPattern: {
        source: ['errand'],
        'detail-type': ['errand.job.failed', 'errand.job.error'],
        detail: { data: { service: { name: ['thumbnails', 'match-names'] } } },
      },
    });
  });

  test('matches all events without a filter', () => {
    templateWith(() => ({})).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['errand'] },
    });
  });

  test('accepts every state and deletions', () => {
    const states = [...jobStatuses, 'deleted'] as const;
    templateWith(() => ({ states })).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { 'detail-type': states.map((state) => `errand.job.${state}`) },
    });
  });

  test.each([
    ['a name', () => 'acme-events', 'acme-events'],
    ['a bus', (stack: Stack) => EventBus.fromEventBusName(stack, 'Imported', 'other'), 'other'],
  ] as const)('is on the bus that %s identifies', (_, busOf, name) => {
    templateWith((stack) => ({ bus: busOf(stack) })).hasResourceProperties('AWS::Events::Rule', {
      EventBusName: name,
    });
  });
});

describe('events that cannot be delivered', () => {
  test('are kept in one queue, which only the rule may send to', () => {
    const template = templateWith((stack) => ({
      targets: [queueTarget(stack, 'One'), queueTarget(stack, 'Two')],
    }));
    template.resourceCountIs('AWS::SQS::Queue', 3);
    const [id = ''] = Object.keys(template.findResources('AWS::Events::Rule'));
    const [undelivered = ''] = Object.keys(
      template.findResources('AWS::SQS::Queue', { Properties: { MessageRetentionPeriod: 1_209_600 } }),
    );
    const deadLetters = { DeadLetterConfig: { Arn: { 'Fn::GetAtt': [undelivered, 'Arn'] } } };
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [Match.objectLike(deadLetters), Match.objectLike(deadLetters)],
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: undelivered }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [id, 'Arn'] } } },
          }),
        ]),
      },
    });
  });

  test('stay with the dead-letter queue of a target that has one', () => {
    const { stack, events } = stackWith((stack) => ({
      target: new SqsQueue(new Queue(stack, 'Queue'), { deadLetterQueue: new Queue(stack, 'Own') }),
    }));
    expect(events.undelivered).toBeUndefined();
    Template.fromStack(stack).resourceCountIs('AWS::SQS::Queue', 2);
  });
});

describe('the synthesis stops with one sentence', () => {
  test.each<readonly [string, (stack: Stack) => JobEventsProps, string]>([
    [
      'for a pattern that is too long',
      () => ({ services: Array.from({ length: 40 }, (_, index) => `${'s'.repeat(60)}${index}`) }),
      'Team/Ended: The event pattern has 2652 characters, and EventBridge accepts at most 2048: divide the services among several JobEvents, or omit services and filter in the target.',
    ],
    [
      'for too many targets',
      (stack) => ({ targets: Array.from({ length: 6 }, (_, index) => queueTarget(stack, `Queue${index}`)) }),
      'Team/Ended: It has more than 5 targets, and EventBridge accepts at most 5 for a rule: add another JobEvents with the same filter.',
    ],
    [
      'for an empty list',
      () => ({ states: [] }),
      'Team/Ended: The list states is empty, so no event would match: name at least one, or omit states to receive the events of all.',
    ],
    [
      'for a version',
      () => ({ services: ['thumbnails@1.0.0'] }),
      'Team/Ended: "thumbnails@1.0.0" is not the name of a service: write the name without a version, such as "thumbnails".',
    ],
  ])('%s', (_, propsOf, message) => {
    expect(() => stackWith(propsOf)).toThrow(
      expect.objectContaining({ message, stack: expect.not.stringContaining('node_modules') }),
    );
  });

  test('for a state that does not exist, with the states that exist', () => {
    const states = ['finished'] as unknown as JobEventsProps['states']; // as an app in JavaScript can pass it
    expect(() => stackWith(() => (states === undefined ? {} : { states }))).toThrow(
      /^Team\/Ended: There is no state "finished"\. The states are draft, .*, aborted, deleted\.$/,
    );
  });
});
