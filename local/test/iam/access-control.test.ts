import { expect, test } from 'vitest';
import { loadAssembly } from '../../assembly/load-assembly.ts';
import { AwsError } from '../../aws-error.ts';
import type { AccessCheck, Principal } from '../../cloud.ts';
import { accessControl } from '../../iam/access-control.ts';
import { roleTrust } from '../../iam/role-trust.ts';
import { type Template, writeAssembly } from '../fixture/write-assembly.ts';

const testAccount = { accountId: '123456789012', region: 'eu-central-1' };
const testRole = {
  kind: 'role',
  roleArn: 'arn:aws:iam::123456789012:role/worker',
  sessionName: 'fn',
} as const satisfies Principal;
const testQueue = 'arn:aws:sqs:eu-central-1:123456789012:work';

function model(statements: readonly unknown[], more: Template = {}, role: Template = {}) {
  const Resources = {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { RoleName: 'worker', AssumeRolePolicyDocument: {}, ...role },
    },
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'p', Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: statements } },
    },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'work' } },
    ...more,
  };
  return loadAssembly(writeAssembly({ Shop: { Resources } }), testAccount);
}

function queuePolicy(...statements: readonly unknown[]): Template {
  const Properties = { Queues: [{ Ref: 'Queue' }], PolicyDocument: { Statement: statements } };
  return { QueuePolicy: { Type: 'AWS::SQS::QueuePolicy', Properties } };
}

function isAllowed(
  built: ReturnType<typeof model>,
  check: AccessCheck,
  principal: Principal = testRole,
): boolean {
  try {
    accessControl(built).require(principal, check);
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'AccessDeniedException') return false;
    throw error;
  }
}

const send: AccessCheck = { action: 'sqs:SendMessage', resource: testQueue };

test.each([
  ['no statement', [], false],
  [
    'exactly the action and resource',
    [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: testQueue }],
    true,
  ],
  [
    'the action in different case',
    [{ Effect: 'Allow', Action: 'SQS:sendmessage', Resource: testQueue }],
    true,
  ],
  ['wildcards', [{ Effect: 'Allow', Action: 'sqs:Send*', Resource: 'arn:aws:sqs:*:*:w?rk' }], true],
  ['another resource', [{ Effect: 'Allow', Action: 'sqs:*', Resource: `${testQueue}2` }], false],
  ['a NotAction that does not match', [{ Effect: 'Allow', NotAction: 'sqs:Delete*', Resource: '*' }], true],
  ['a NotAction that matches', [{ Effect: 'Allow', NotAction: ['sqs:Send*'], Resource: '*' }], false],
  ['a NotResource that matches', [{ Effect: 'Allow', Action: '*', NotResource: [testQueue] }], false],
  [
    'a Deny beside an Allow',
    [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: 'sqs:SendMessage', Resource: '*' },
    ],
    false,
  ],
  [
    'a Deny that cannot be evaluated',
    [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      {
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { DateLessThan: { 'aws:CurrentTime': '2000-01-01' } },
      },
    ],
    false,
  ],
  [
    'an Allow that cannot be evaluated',
    [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: { Odd: { a: 'b' } } }],
    false,
  ],
  [
    'an Allow with an unknown element',
    [{ Effect: 'Allow', Action: '*', Resource: '*', Unless: 'monday' }],
    false,
  ],
  [
    'an Allow for a variable resource',
    [{ Effect: 'Allow', Action: '*', Resource: `*$\{aws:username}*` }],
    false,
  ],
] as const)('a role with %s may send: %s', (_name, statements, expected) => {
  expect(isAllowed(model(statements), send)).toBe(expected);
});

test('a refusal names role, action and resource', () => {
  const built = model([]);
  expect(() => accessControl(built).require(testRole, send)).toThrow(
    expect.objectContaining({
      code: 'AccessDeniedException',
      status: 403,
      message: expect.stringMatching(
        /role\/worker.*sqs:SendMessage.*arn:aws:sqs:eu-central-1:123456789012:work/,
      ),
    }),
  );
});

test('a Deny in the queue’s policy takes precedence over the role’s policy', () => {
  const deny = { Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sqs:*', Resource: testQueue };
  const built = model([{ Effect: 'Allow', Action: '*', Resource: '*' }], queuePolicy(deny));
  expect(isAllowed(built, send)).toBe(false);
});

test('a queue’s policy can permit a role, but a policy for the whole account permits no one', () => {
  const allow = (AWS: string) =>
    queuePolicy({ Effect: 'Allow', Principal: { AWS }, Action: 'sqs:*', Resource: testQueue });
  expect(isAllowed(model([], allow(testRole.roleArn)), send)).toBe(true);
  expect(isAllowed(model([], allow('arn:aws:iam::123456789012:root')), send)).toBe(false);
});

test('a service is permitted only for the source that the policy names', () => {
  const built = model(
    [],
    queuePolicy({
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: testQueue,
      Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:eu-central-1:123456789012:rule/nightly' } },
    }),
  );
  const service = (rule: string, name = 'events.amazonaws.com'): Principal => ({
    kind: 'service',
    service: name,
    sourceArn: `arn:aws:events:eu-central-1:123456789012:rule/${rule}`,
  });
  expect(isAllowed(built, send, service('nightly'))).toBe(true);
  expect(isAllowed(built, send, service('daily'))).toBe(false);
  expect(isAllowed(built, send, service('nightly', 's3.amazonaws.com'))).toBe(false);
});

test('the operator has all permissions, a role outside the app none', () => {
  const built = model([{ Effect: 'Allow', Action: '*', Resource: '*' }]);
  expect(isAllowed(built, send, { kind: 'operator' })).toBe(true);
  expect(isAllowed(built, send, { ...testRole, roleArn: `${testRole.roleArn}2` })).toBe(false);
});

test('the basic execution policy allows logs and nothing else; an unsupported managed policy is refused', () => {
  const managed = (name: string) => model([], {}, { ManagedPolicyArns: [`arn:aws:iam::aws:policy/${name}`] });
  const basic = managed('service-role/AWSLambdaBasicExecutionRole');
  expect(isAllowed(basic, { action: 'logs:PutLogEvents', resource: 'arn:aws:logs:::x' })).toBe(true);
  expect(isAllowed(basic, send)).toBe(false);
  expect(() => accessControl(managed('AdministratorAccess'))).toThrow(
    /Shop\/Role .*policy\/AdministratorAccess is not supported/,
  );
});

test('a managed policy of the app applies to roles that it names or that name it', () => {
  const Properties = {
    ManagedPolicyName: 'senders',
    PolicyDocument: { Statement: { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' } },
  };
  const policy = { Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties } };
  expect(isAllowed(model([], policy, { ManagedPolicyArns: [{ Ref: 'Managed' }] }), send)).toBe(true);
  expect(isAllowed(model([], policy), send)).toBe(false);
});

test('only a trusted service may assume a role, on behalf of the named source', () => {
  const statement = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { Service: 'states.amazonaws.com' },
    Condition: {
      ArnLike: { 'aws:SourceArn': 'arn:aws:states:eu-central-1:123456789012:stateMachine:*' },
      StringEquals: { 'aws:SourceAccount': '123456789012' },
    },
  };
  const trust = roleTrust(model([], {}, { AssumeRolePolicyDocument: { Statement: [statement] } }));
  const machine = 'arn:aws:states:eu-central-1:123456789012:stateMachine:router';
  expect(trust.mayAssume(testRole.roleArn, 'states.amazonaws.com', machine)).toBe(true);
  expect(trust.mayAssume(testRole.roleArn, 'states.amazonaws.com')).toBe(false);
  expect(trust.mayAssume(testRole.roleArn, 'lambda.amazonaws.com', machine)).toBe(false);
  expect(trust.mayAssume('arn:aws:iam::123456789012:role/other', 'states.amazonaws.com', machine)).toBe(
    false,
  );
});
