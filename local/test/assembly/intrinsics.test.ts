import { expect, test } from 'vitest';
import { loadAssembly } from '../../assembly/load-assembly.ts';
import { type Template, writeAssembly } from '../fixture/write-assembly.ts';

const testAccount = { accountId: '123456789012', region: 'eu-central-1' };

/** Resolves a value as the content of a queue policy, which allows any value. */
function resolved(value: unknown, sections: Template = {}): unknown {
  const Resources = {
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } },
    Policy: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [], PolicyDocument: { value } } },
  };
  const model = loadAssembly(writeAssembly({ Shop: { ...sections, Resources } }), testAccount);
  return model.ofType('AWS::SQS::QueuePolicy')[0]?.properties['PolicyDocument'];
}

/** A placeholder of Fn::Sub. */
const name = (text: string) => `$\{${text}}`;

test.each([
  ['Ref of a resource', { Ref: 'Queue' }, 'https://sqs.eu-central-1.amazonaws.com/123456789012/work'],
  ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-central-1'],
  ['Ref of a parameter', { Ref: 'Size' }, 'large'],
  ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'QueueName'] }, 'work'],
  ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:aws:sqs:eu-central-1:123456789012:work'],
  ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Partition' }]] }, 'a-aws'],
  [
    'Fn::Sub',
    { 'Fn::Sub': `${name('Queue.QueueName')}/${name('AWS::URLSuffix')}/${name('!Kept')}` },
    `work/amazonaws.com/${name('Kept')}`,
  ],
  [
    'Fn::Sub with variables',
    { 'Fn::Sub': [name('x') + name('Size'), { x: { Ref: 'AWS::StackName' } }] },
    'Shoplarge',
  ],
  ['Fn::Select of Fn::Split', { 'Fn::Select': ['1', { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
  ['Fn::Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Size' }, 'memory'] }, 512],
  ['Fn::If with a true condition', { 'Fn::If': ['IsLarge', 'yes', 'no'] }, 'yes'],
  ['Fn::If with a false condition', { 'Fn::If': ['IsSmall', 'yes', 'no'] }, 'no'],
  ['Fn::And, Fn::Or and Fn::Not', { 'Fn::If': ['IsMixed', 'yes', 'no'] }, 'yes'],
])('%s', (_name, value, expected) => {
  const isLarge = { 'Fn::Equals': [{ Ref: 'Size' }, 'large'] };
  const answer = resolved(value, {
    Parameters: { Size: { Type: 'String', Default: 'large' } },
    Mappings: { Sizes: { large: { memory: 512 } } },
    Conditions: {
      IsLarge: isLarge,
      IsSmall: { 'Fn::Not': [{ Condition: 'IsLarge' }] },
      IsMixed: { 'Fn::And': [isLarge, { 'Fn::Or': [{ Condition: 'IsSmall' }, { Condition: 'IsLarge' }] }] },
    },
  });
  expect(answer).toEqual({ value: expected });
});

test('AWS::NoValue removes the property or the list member', () => {
  expect(resolved({ gone: { Ref: 'AWS::NoValue' }, list: [1, { Ref: 'AWS::NoValue' }, 2] })).toEqual({
    value: { list: [1, 2] },
  });
});

test('an import is resolved from the stack that exports it', () => {
  const user = {
    Resources: {
      P: { Type: 'AWS::SQS::QueuePolicy', Properties: { Queues: [{ 'Fn::ImportValue': 'the-queue' }] } },
    },
  };
  const owner = {
    Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } } },
    Outputs: { Url: { Value: { Ref: 'Queue' }, Export: { Name: 'the-queue' } } },
  };
  const model = loadAssembly(writeAssembly({ User: user, Owner: owner }), testAccount);
  expect(model.ofType('AWS::SQS::QueuePolicy')[0]?.properties['Queues']).toEqual([
    'https://sqs.eu-central-1.amazonaws.com/123456789012/work',
  ]);
});

test.each([
  ['an unknown reference', { Ref: 'Nobody' }, 'Ref Nobody matches no parameter or resource'],
  ['an unknown attribute', { 'Fn::GetAtt': ['Queue', 'Colour'] }, 'Queue.Colour is not supported'],
  ['a missing export', { 'Fn::ImportValue': 'nothing' }, 'no stack exports nothing'],
  ['a position outside the list', { 'Fn::Select': [2, ['a']] }, 'outside the list of 1 members'],
])('%s results in an error', (_name, value, message) => {
  expect(() => resolved(value)).toThrow(message);
});
