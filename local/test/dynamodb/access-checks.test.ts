import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import type { AwsRequest } from '../../cloud.ts';
import { dynamoDbChecks } from '../../dynamodb/access-checks.ts';
import { startDataPlane } from '../fixture/data-plane.ts';
import { dataModel } from '../fixture/data-stack.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:123456789012:table/jobs';
const KEY = { pk: { S: 'a' }, sk: { S: '1' } };

function request(operation: string, input: unknown): AwsRequest {
  const headers = { 'x-amz-target': `DynamoDB_20120810.${operation}` };
  return {
    method: 'POST',
    url: '/',
    headers,
    body: Buffer.from(JSON.stringify(input)),
    principal: { kind: 'operator' },
  };
}

test.each([
  ['GetItem', { TableName: 'jobs', Key: KEY }, [['dynamodb:GetItem', TABLE, ['a']]]],
  ['PutItem', { TableName: 'jobs', Item: KEY }, [['dynamodb:PutItem', TABLE, ['a']]]],
  [
    'Scan',
    { TableName: 'jobs', IndexName: 'byOwner' },
    [['dynamodb:Scan', `${TABLE}/index/byOwner`, undefined]],
  ],
  [
    'BatchGetItem',
    { RequestItems: { jobs: { Keys: [KEY, { ...KEY, pk: { S: 'b' } }] }, other: { Keys: [KEY] } } },
    [
      ['dynamodb:BatchGetItem', TABLE, ['a', 'b']],
      ['dynamodb:BatchGetItem', TABLE.replace('jobs', 'other'), undefined],
    ],
  ],
  [
    'BatchWriteItem',
    {
      RequestItems: {
        jobs: [{ PutRequest: { Item: KEY } }, { DeleteRequest: { Key: { ...KEY, pk: { S: 'c' } } } }],
      },
    },
    [['dynamodb:BatchWriteItem', TABLE, ['a', 'c']]],
  ],
  [
    'TransactWriteItems',
    {
      TransactItems: [
        { Put: { TableName: 'jobs', Item: KEY } },
        { Update: { TableName: 'jobs', Key: KEY } },
        { Delete: { TableName: 'jobs', Key: KEY } },
        { ConditionCheck: { TableName: 'jobs', Key: KEY } },
      ],
    },
    ['PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'].map((name) => [
      `dynamodb:${name}`,
      TABLE,
      ['a'],
    ]),
  ],
  [
    'TransactGetItems',
    { TransactItems: [{ Get: { TableName: 'jobs', Key: KEY } }] },
    [['dynamodb:GetItem', TABLE, ['a']]],
  ],
  ['DescribeTable', { TableName: 'jobs' }, [['dynamodb:DescribeTable', TABLE, undefined]]],
] as const)('%s needs the permissions that AWS requires', (operation, input, expected) => {
  const checks = dynamoDbChecks(dataModel())(request(operation, input));
  const told = checks.map(({ action, resource, context }) => [
    action,
    resource,
    context?.['dynamodb:LeadingKeys'],
  ]);
  expect(told).toEqual(expected);
});

test('an unsupported operation is refused', () => {
  const checks = dynamoDbChecks(dataModel());
  expect(() => checks(request('ExecuteStatement', {}))).toThrow(
    'ExecuteStatement is not supported by the local runtime',
  );
  expect(() => checks({ ...request('GetItem', {}), body: Buffer.from('[') })).toThrow('not a JSON object');
});

test('a policy on leading keys applies to queries of table and index', async () => {
  const plane = await startDataPlane();
  const reader = plane.dynamoDbClient(plane.keyOf('reader'));
  const query = (value: string, IndexName?: string) =>
    reader.send(
      new QueryCommand({
        TableName: 'jobs',
        ...(IndexName === undefined ? {} : { IndexName }),
        KeyConditionExpression: '#k = :k',
        ExpressionAttributeNames: { '#k': IndexName === undefined ? 'pk' : 'owner' },
        ExpressionAttributeValues: { ':k': { S: value } },
      }),
    );
  await expect(query('mine#1')).resolves.toMatchObject({ Count: 0 });
  await expect(query('mine#1', 'byOwner')).resolves.toMatchObject({ Count: 0 });
  await expect(query('yours#1')).rejects.toThrow('dynamodb:Query');
  await expect(query('yours#1', 'byOwner')).rejects.toThrow(`${TABLE}/index/byOwner`);
});
