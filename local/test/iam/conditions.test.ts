import { expect, test } from 'vitest';
import { evaluateConditions, notDerivable } from '../../iam/conditions.ts';

const testContext = new Map([
  ['aws:securetransport', ['true']],
  ['dynamodb:leadingkeys', ['mine#1', 'mine#2']],
  ['aws:sourcearn', ['arn:aws:events:eu-central-1:1:rule/bus/nightly']],
  ['s3:max-keys', ['10']],
]);

test.each([
  [{ StringEquals: { 'dynamodb:LeadingKeys': ['mine#2'] } }, 'yes'],
  [{ 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['mine#2'] } }, 'no'],
  [{ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'mine#*' } }, 'yes'],
  [{ 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['*#1'] } }, 'yes'],
  [{ StringNotEquals: { 'dynamodb:LeadingKeys': ['mine#1'] } }, 'no'],
  [{ StringNotLike: { 'dynamodb:LeadingKeys': ['yours#*'] } }, 'yes'],
  [{ Bool: { 'aws:SecureTransport': 'false' } }, 'no'],
  [{ Bool: { 'aws:SecureTransport': true } }, 'yes'],
  [{ ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:1:rule/bus/*' } }, 'yes'],
  [{ ArnEquals: { 'aws:sourcearn': 'arn:aws:events:*:2:rule/bus/*' } }, 'no'],
  [{ NumericLessThan: { 's3:max-keys': '10' } }, 'no'],
  [{ NumericLessThanEquals: { 's3:max-keys': 10 } }, 'yes'],
  [{ StringEquals: { 's3:prefix': 'a' } }, 'no'],
  [{ StringEqualsIfExists: { 's3:prefix': 'a' } }, 'yes'],
  [{ 'ForAllValues:StringEquals': { 's3:prefix': 'a' } }, 'yes'],
  [{ 'ForAnyValue:StringEquals': { 's3:prefix': 'a' } }, 'no'],
  [{ StringNotEquals: { 's3:prefix': 'a' } }, 'yes'],
  [{ Null: { 's3:prefix': 'true' } }, 'yes'],
  [{ Null: { 's3:max-keys': 'true' } }, 'no'],
  [{ Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 's3:prefix': 'a' } }, 'no'],
  [undefined, 'yes'],
] as const)('%j is met: %s', (condition, expected) => {
  expect(evaluateConditions(condition, testContext)).toBe(expected);
});

test.each([
  ['an unknown operator', { DateLessThan: { 'aws:SecureTransport': '2030-01-01' } }],
  ['a key that only AWS supplies', { IpAddressIfExists: { 'aws:SourceIp': '10.0.0.0/8' } }],
  ['a known operator on such a key', { StringEqualsIfExists: { 'aws:SourceVpc': 'vpc-1' } }],
  ['a policy variable', { StringEquals: { 'aws:SourceArn': `$\{aws:PrincipalTag/team}` } }],
  ['an element that is not an object', 'always'],
])('%s cannot be evaluated', (_name, condition) => {
  expect(evaluateConditions(condition, testContext)).toBe('unknown');
});

test('a value that could not be derived makes a condition unknown', () => {
  const context = new Map([['dynamodb:leadingkeys', [notDerivable]]]);
  expect(evaluateConditions({ StringLike: { 'dynamodb:LeadingKeys': '*' } }, context)).toBe('unknown');
});
