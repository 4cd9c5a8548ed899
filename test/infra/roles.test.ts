import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { textsOf } from './support/intrinsics.ts';
import { resourcesOf, synthesizeApp } from './support/synthesized-app.ts';

let errand: Template;
let examples: Template;
beforeAll(async () => {
  ({ errand, examples } = await synthesizeApp());
});

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

function statementsOf(template: Template, role: string): readonly Statement[] {
  const policies = resourcesOf(template, 'AWS::IAM::Policy').filter(([, { Properties }]) =>
    textsOf(Properties['Roles']).some((one) => one.startsWith(`<${role}`)),
  );
  expect(policies).toHaveLength(1);
  // A policy document of the CDK has a list of statements.
  return policies.flatMap(
    ([, { Properties }]) => (Properties['PolicyDocument'] as { Statement: Statement[] }).Statement,
  );
}

const nicknames: ReadonlyArray<readonly [RegExp, string]> = [
  [/<Jobs\w+\.Arn>/, 'table'],
  [/<Jobs\w+\.StreamArn>/, 'stream'],
  [/<Results\w+\.Arn>/, 'results'],
  [/<PublisherUnpublished\w+\.Arn>/, 'unpublished'],
  [/<Events\w+\.Arn>/, 'bus'],
  [/<ReconcilerFailed\w+\.Arn>/, 'failed-sweeps'],
  [/<(?:Echo|CsvProfile|\w+)Logs\w+\.Arn>/, 'own-logs'],
  [/<Dispatch\w+\.Arn>/, 'dispatch'],
  [/<Settle\w+\.Arn>/, 'settle'],
  [/^arn:<AWS::Partition>:(\w+):<AWS::Region>:<AWS::AccountId>:/, '$1:'],
];

/** What a role may do, as sorted `action on resource`. */
function permissionsOf(template: Template, role: string): readonly string[] {
  return statementsOf(template, role)
    .flatMap((statement) => {
      expect(statement.Effect).toBe('Allow');
      const resources = textsOf(statement.Resource).map((arn) =>
        nicknames.reduce((text, [pattern, name]) => text.replace(pattern, name), arn),
      );
      return [statement.Action]
        .flat()
        .flatMap((action) => resources.map((resource) => `${action} on ${resource}`));
    })
    .sort();
}

const logs = ['logs:CreateLogStream on own-logs', 'logs:PutLogEvents on own-logs'];
const start = [
  'states:StartExecution on states:stateMachine:errand-job-router',
  'states:StartExecution on states:stateMachine:errand-job-router-standard',
];
const readResults = ['s3:GetObject on results/*', 's3:ListBucket on results'];
const items = (...actions: string[]) => actions.map((action) => `dynamodb:${action} on table`);
const logDelivery = [
  'CreateLogDelivery',
  'DeleteLogDelivery',
  'DescribeLogGroups',
  'DescribeResourcePolicies',
]
  .concat(['GetLogDelivery', 'ListLogDeliveries', 'PutResourcePolicy', 'UpdateLogDelivery'])
  .map((action) => `logs:${action} on *`);
const router = [
  ...logDelivery,
  'lambda:InvokeFunction on dispatch',
  'lambda:InvokeFunction on lambda:function:errand-service-*',
  'lambda:InvokeFunction on settle',
];

const allowed: Readonly<Record<string, readonly string[]>> = {
  SubmitRole: [
    ...logs,
    ...items('GetItem', 'Query', 'PutItem', 'UpdateItem'),
    ...readResults,
    's3:PutObject on results/*',
    ...start,
  ],
  ApiRole: [
    ...logs,
    ...items('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem'),
    'dynamodb:Query on table/index/live',
    'dynamodb:Query on table/index/service',
    ...readResults,
  ],
  AuthorizeRole: [...logs, ...items('GetItem')],
  DispatchRole: [...logs, ...items('GetItem', 'Query', 'PutItem'), ...readResults],
  SettleRole: [
    ...logs,
    ...items('GetItem', 'PutItem'),
    ...readResults,
    's3:PutObject on results/*',
    ...start,
  ],
  PublishEventsRole: [
    ...logs,
    'dynamodb:DescribeStream on stream',
    'dynamodb:GetRecords on stream',
    'dynamodb:GetShardIterator on stream',
    'dynamodb:ListStreams on table/stream/*',
    'events:PutEvents on bus',
    's3:ListBucket on unpublished',
    's3:PutObject on unpublished/*',
  ],
  ReconcileRole: [
    ...logs,
    ...items('GetItem', 'PutItem'),
    'dynamodb:Query on table/index/due',
    'sqs:GetQueueAttributes on failed-sweeps',
    'sqs:GetQueueUrl on failed-sweeps',
    'sqs:SendMessage on failed-sweeps',
    ...start,
  ],
  ExpressRouterRole: router,
  StandardRouterRole: router,
};

describe('the roles of the service', () => {
  it.each(Object.entries(allowed))('%s may do this and nothing else', (role, permissions) => {
    expect(permissionsOf(errand, role)).toEqual([...permissions].sort());
  });

  it('are all listed here', () => {
    expect(resourcesOf(errand, 'AWS::IAM::Role')).toHaveLength(Object.keys(allowed).length);
  });
});

describe('the roles of the examples', () => {
  it.each(['EchoRole', 'CsvProfileRole'])('%s may only write its log', (role) => {
    expect(permissionsOf(examples, role)).toEqual(logs);
  });
});

describe('every role', () => {
  it('has no managed policy', () => {
    for (const [id, { Properties }] of [errand, examples].flatMap((one) =>
      resourcesOf(one, 'AWS::IAM::Role'),
    )) {
      expect(Properties, id).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  it('has no wildcard among its actions', () => {
    const actions = Object.keys(allowed).flatMap((role) =>
      statementsOf(errand, role).flatMap((statement) => [statement.Action].flat()),
    );
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(actions.length).toBeGreaterThan(30);
  });
});
