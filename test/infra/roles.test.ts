import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from 'vitest';
import { textsOf } from './support/intrinsics.ts';
import { resourcesOf, synthesizedApp } from './support/synthesized-app.ts';

let errand: Template;
let examples: Template;
beforeAll(async () => {
  ({ errand, examples } = await synthesizedApp());
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
  [/<WebhookSecrets\w+\.Arn>/, 'secrets'],
  [/<WebhooksQueue\w+\.Arn>/, 'webhook-queue'],
  [/<Results\w+\.Arn>/, 'results'],
  [/<PublisherUnpublished\w+\.Arn>/, 'unpublished'],
  [/<Events\w+\.Arn>/, 'bus'],
  [/<ReconcilerFailed\w+\.Arn>/, 'failed-passes'],
  [/<BatchEventsFailed\w+\.Arn>/, 'failed-batch-events'],
  [/<LateOutcomesFailed\w+\.Arn>/, 'late-outcomes'],
  [/<OperationsQueue\w+\.Arn>/, 'operations'],
  [/<(?:Echo|CsvProfile|\w+)Logs\w+\.Arn>/, 'own-logs'],
  [/<Dispatch\w+\.Arn>/, 'dispatch'],
  [/<Settle\w+\.Arn>/, 'settle'],
  [/<SubmitBatch\w+\.Arn>/, 'submit-batch'],
  [/<ServiceInvokerRole\w+\.Arn>/, 'invoker'],
  [/^arn:<AWS::Partition>:(\w+):<AWS::Region>:<AWS::AccountId>:/, '$1:'],
];

/** The permissions of a role, as sorted `action on resource`. */
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
const bodies = 'results/tenants/*/jobs/*';
const readResults = [`s3:GetObject on ${bodies}`, 's3:ListBucket on results'];
const contents = (...actions: string[]) =>
  actions.map((action) => `s3:${action} on results/tenants/*/data/*`);
const transferContents = contents(
  'GetObject',
  'PutObject',
  'DeleteObject',
  'ListMultipartUploadParts',
  'AbortMultipartUpload',
);
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
  'lambda:InvokeFunction on settle',
  'lambda:InvokeFunction on submit-batch',
  'sts:AssumeRole on invoker',
];

const callBatch = ['batch:DescribeJobs on *', 'batch:ListJobs on *'];
const stopOnBatch = 'batch:TerminateJob on batch:job/*';

const sendToWebhooks = 'sqs:SendMessage on webhook-queue';

const allowed: Readonly<Record<string, readonly string[]>> = {
  SubmitRole: [
    ...logs,
    ...items('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'),
    'dynamodb:Query on table/index/live',
    ...readResults,
    `s3:PutObject on ${bodies}`,
    'sqs:SendMessage on operations',
    ...start,
  ],
  LiveRole: [...logs, ...items('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'), ...readResults],
  ApiRole: [
    ...logs,
    ...items('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
    'dynamodb:Query on table/index/live',
    'dynamodb:Query on table/index/service',
    ...['GetItem', 'PutItem', 'DeleteItem'].map((action) => `dynamodb:${action} on secrets`),
    sendToWebhooks,
    'batch:DescribeJobDefinitions on *',
    ...callBatch,
    stopOnBatch,
    'lambda:GetFunctionConcurrency on lambda:function:errand-service-*',
    'lambda:InvokeFunction on lambda:function:errand-publish-events',
    'logs:FilterLogEvents on logs:log-group:/aws/lambda/errand-service-*',
    'logs:GetLogEvents on logs:log-group:/aws/batch/*:log-stream:*',
    'logs:GetLogEvents on logs:log-group:/aws/lambda/errand-service-*',
    ...readResults,
    `s3:PutObject on ${bodies}`,
    `s3:DeleteObject on ${bodies}`,
    ...transferContents,
    'sqs:SendMessage on operations',
    ...start,
  ],
  WorkerRole: [
    ...logs,
    ...items('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem'),
    ...readResults,
    `s3:PutObject on ${bodies}`,
    ...transferContents,
    ...start,
  ],
  AuthorizeRole: [...logs, ...items('GetItem')],
  DispatchRole: [
    ...logs,
    ...items('GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
    ...readResults,
    ...start,
  ],
  SettleRole: [
    ...logs,
    ...items('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
    ...readResults,
    `s3:PutObject on ${bodies}`,
    'sqs:GetQueueAttributes on late-outcomes',
    'sqs:GetQueueUrl on late-outcomes',
    'sqs:SendMessage on late-outcomes',
    ...start,
  ],
  SubmitBatchRole: [
    ...logs,
    ...items('GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
    ...start,
    'batch:DescribeJobDefinitions on *',
    ...callBatch,
    'batch:SubmitJob on batch:job-definition/errand-job-*',
    'batch:SubmitJob on batch:job-queue/errand-queue',
    'batch:SubmitJob on batch:job-queue/errand-queue-*',
    'batch:TagResource on batch:job-definition/errand-job-*',
    'batch:TagResource on batch:job-queue/errand-queue',
    'batch:TagResource on batch:job-queue/errand-queue-*',
    'batch:TagResource on batch:job/*',
    stopOnBatch,
  ],
  BatchEventRole: [
    ...logs,
    ...items('GetItem', 'BatchGetItem', 'Query', 'PutItem'),
    ...readResults,
    `s3:PutObject on ${bodies}`,
    stopOnBatch,
    'sqs:GetQueueAttributes on failed-batch-events',
    'sqs:GetQueueUrl on failed-batch-events',
    'sqs:SendMessage on failed-batch-events',
    ...start,
  ],
  PublishEventsRole: [
    ...logs,
    ...items('GetItem', 'Query', 'PutItem'),
    ...start,
    'dynamodb:DescribeStream on stream',
    'dynamodb:GetRecords on stream',
    'dynamodb:GetShardIterator on stream',
    'dynamodb:ListStreams on table/stream/*',
    'events:PutEvents on bus',
    's3:ListBucket on unpublished',
    's3:DeleteObject on unpublished/*',
    's3:GetObject on unpublished/*',
    's3:PutObject on unpublished/*',
    sendToWebhooks,
  ],
  DeliverWebhookRole: [
    ...logs,
    ...items('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'),
    'dynamodb:GetItem on secrets',
    'events:PutEvents on bus',
    'sqs:DeleteMessage on webhook-queue',
    'sqs:GetQueueAttributes on webhook-queue',
    'sqs:ReceiveMessage on webhook-queue',
    sendToWebhooks,
  ],
  ReconcileRole: [
    ...logs,
    ...items('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
    `s3:DeleteObject on ${bodies}`,
    ...contents('DeleteObject', 'AbortMultipartUpload'),
    'dynamodb:Query on table/index/due',
    'dynamodb:Query on table/index/live',
    'lambda:GetAccountSettings on *',
    ...callBatch,
    stopOnBatch,
    ...readResults,
    `s3:PutObject on ${bodies}`,
    'sqs:GetQueueAttributes on failed-passes',
    'sqs:GetQueueUrl on failed-passes',
    'sqs:SendMessage on failed-passes',
    'sqs:SendMessage on operations',
    sendToWebhooks,
    ...start,
  ],
  OperateRole: [
    ...logs,
    ...items('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'),
    'dynamodb:Query on table/index/live',
    'dynamodb:Query on table/index/service',
    `s3:DeleteObject on ${bodies}`,
    ...contents('GetObject', 'DeleteObject', 'AbortMultipartUpload'),
    ...readResults,
    `s3:PutObject on ${bodies}`,
    'events:PutEvents on bus',
    ...callBatch,
    stopOnBatch,
    'sqs:ChangeMessageVisibility on operations',
    'sqs:DeleteMessage on operations',
    'sqs:GetQueueAttributes on operations',
    'sqs:GetQueueUrl on operations',
    'sqs:ReceiveMessage on operations',
    'sqs:SendMessage on operations',
    ...start,
  ],
  DocsRole: logs,
  ExpressRouterRole: router,
  StandardRouterRole: router,
  ServiceInvokerRole: ['lambda:InvokeFunction on lambda:function:errand-service-*'],
};

describe('the roles of the service:', () => {
  test.each(Object.entries(allowed))('%s has exactly these permissions', (role, permissions) => {
    expect(permissionsOf(errand, role)).toEqual([...permissions].sort());
  });

  test('all roles are listed here', () => {
    expect(resourcesOf(errand, 'AWS::IAM::Role')).toHaveLength(Object.keys(allowed).length);
  });
});

interface Trust {
  readonly Action: string;
  readonly Principal: { readonly AWS: unknown };
}

describe('the role that invokes services', () => {
  test('trusts only the roles of the two state machines', () => {
    const invokers = resourcesOf(errand, 'AWS::IAM::Role').filter(([id]) => id.startsWith('ServiceInvoker'));
    const statements = invokers.flatMap(
      ([, { Properties }]) => (Properties['AssumeRolePolicyDocument'] as { Statement: Trust[] }).Statement,
    ); // a trust policy of the CDK has a list of statements
    expect(statements.map(({ Action }) => Action)).toEqual(statements.map(() => 'sts:AssumeRole'));
    const trusted = statements.flatMap(({ Principal }) => textsOf(Principal.AWS));
    expect(trusted.map((text) => text.replace(/[0-9A-F]{8}\./, '.')).sort()).toEqual([
      '<ExpressRouterRole.Arn>',
      '<StandardRouterRole.Arn>',
    ]);
  });
});

describe('the roles of the examples:', () => {
  test.each(['EchoRole', 'CsvProfileRole', 'CpuLoadRole', 'FlakyRole', 'FanOutRole'])(
    '%s may only write its log',
    (role) => {
      expect(permissionsOf(examples, role)).toEqual(logs);
    },
  );

  test('the execution role may fetch the image and write the log, and the container itself has no role', () => {
    const repository = 'ecr:repository/<container-assets>';
    expect(permissionsOf(examples, 'ContainersExecutionRole')).toEqual([
      `ecr:BatchCheckLayerAvailability on ${repository}`,
      `ecr:BatchGetImage on ${repository}`,
      'ecr:GetAuthorizationToken on *',
      `ecr:GetDownloadUrlForLayer on ${repository}`,
      ...logs,
    ]);
    for (const [, { Properties }] of resourcesOf(examples, 'AWS::Batch::JobDefinition'))
      expect(Properties['ContainerProperties']).not.toHaveProperty('JobRoleArn');
  });
});

describe('every role', () => {
  test('has no managed policy', () => {
    for (const [id, { Properties }] of [errand, examples].flatMap((one) =>
      resourcesOf(one, 'AWS::IAM::Role'),
    )) {
      expect(Properties, id).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  test('has no wildcard among its actions', () => {
    const actions = Object.keys(allowed).flatMap((role) =>
      statementsOf(errand, role).flatMap((statement) => [statement.Action].flat()),
    );
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    expect(actions.length).toBeGreaterThan(30);
  });
});
