import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aws } from '../../aws.ts';
import { output, work } from '../../deployment.ts';

// biome-ignore lint/suspicious/noExplicitAny: responses have many shapes
type Listed = any;

test('the data is kept', async () => {
  expect((await aws('dynamodb', 'ListTables')).TableNames).toContain(output('Errand', 'TableName'));
  const { Buckets } = await aws('s3', 'ListBuckets');
  const own = Buckets.filter(({ Name }: Listed) => Name.startsWith('errand-')).map(
    ({ Name }: Listed) => Name,
  );
  expect(own).toHaveLength(2);
  expect(own).toContain(output('Errand', 'BucketName'));
});

test.each<[string, readonly [string, string], (response: Listed) => readonly unknown[]]>([
  ['function', ['lambda', 'ListFunctions'], ({ Functions }) => Functions],
  ['log group', ['logs', 'DescribeLogGroups'], ({ logGroups }) => logGroups],
  [
    'role',
    ['iam', 'ListRoles'],
    ({ Roles }) => Roles.filter(({ RoleName }: Listed) => !RoleName.startsWith('cdk-')),
  ],
  ['state machine', ['stepfunctions', 'ListStateMachines'], ({ stateMachines }) => stateMachines],
  [
    'bus',
    ['events', 'ListEventBuses'],
    ({ EventBuses }) => EventBuses.filter(({ Name }: Listed) => Name !== 'default'),
  ],
  ['rule', ['events', 'ListRules'], ({ Rules }) => Rules],
  ['job queue', ['batch', 'DescribeJobQueues'], ({ jobQueues }) => jobQueues],
  ['API', ['apigateway', 'GetRestApis'], ({ items }) => items],
  ['alarm', ['cloudwatch', 'DescribeAlarms'], ({ MetricAlarms }) => MetricAlarms],
])('no %s is left', async (_, [service, operation], listed) => {
  expect(listed(await aws(service, operation))).toEqual([]);
});

test('IAM denied no request of the deployed roles, except for the grants that the checks removed', () => {
  const lines = readFileSync(join(work, 'decisions-before-destroy'), 'utf8').trim().split('\n');
  const decisions = lines.map((line) => line.split('\t'));
  const ofStacks = decisions.filter(([role]) => role?.startsWith('Errand'));
  expect(ofStacks.length).toBeGreaterThan(20);
  const denied = ofStacks.filter(([role, , verdict]) => verdict === 'denied' && !role?.includes('Live'));
  expect(denied).toEqual([]);
});
