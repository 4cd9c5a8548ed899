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
    { 'Fn::Sub': [name('x') + name('Size'), { x: { Ref: 'AWS::AccountId' } }] },
    '123456789012large',
  ],
  ['Fn::Select of Fn::Split', { 'Fn::Select': ['1', { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
])('%s', (_name, value, expected) => {
  const answer = resolved(value, {
    Parameters: { Size: { Type: 'String', Default: 'large' } },
  });
  expect(answer).toEqual({ value: expected });
});

test.each([
  ['an unknown reference', { Ref: 'Nobody' }, 'Ref Nobody matches no parameter or resource'],
  ['an unknown attribute', { 'Fn::GetAtt': ['Queue', 'Colour'] }, 'Queue.Colour is not supported'],
  ['a pseudo parameter of one stack', { Ref: 'AWS::StackId' }, 'AWS::StackId is not supported'],
  ['a condition', { 'Fn::If': ['IsLarge', 1, 2] }, 'Fn::If is not supported'],
  ['an import', { 'Fn::ImportValue': 'x' }, 'Fn::ImportValue is not supported'],
  ['a position outside the list', { 'Fn::Select': [2, ['a']] }, 'outside the list of 1 members'],
])('%s results in an error', (_name, value, message) => {
  expect(() => resolved(value)).toThrow(message);
});
