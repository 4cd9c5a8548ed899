import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import type { AwsRequest } from '../../cloud.ts';
import { dynamoDbChecks } from '../../dynamodb/access-checks.ts';
import { startDataPlane } from '../fixture/data-plane.ts';
import { dataModel } from '../fixture/data-stack.ts';

const testTable = 'arn:aws:dynamodb:eu-central-1:123456789012:table/jobs';
const testKey = { pk: { S: 'a' }, sk: { S: '1' } };

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
  ['GetItem', { TableName: 'jobs', Key: testKey }, [['dynamodb:GetItem', testTable, ['a']]]],
  ['PutItem', { TableName: 'jobs', Item: testKey }, [['dynamodb:PutItem', testTable, ['a']]]],
  [
    'Scan',
    { TableName: 'jobs', IndexName: 'byOwner' },
    [['dynamodb:Scan', `${testTable}/index/byOwner`, undefined]],
  ],
  [
    'BatchGetItem',
    {
      RequestItems: { jobs: { Keys: [testKey, { ...testKey, pk: { S: 'b' } }] }, other: { Keys: [testKey] } },
    },
    [
      ['dynamodb:BatchGetItem', testTable, ['a', 'b']],
      ['dynamodb:BatchGetItem', testTable.replace('jobs', 'other'), undefined],
    ],
  ],
  ['DescribeTable', { TableName: 'jobs' }, [['dynamodb:DescribeTable', testTable, undefined]]],
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
  for (const operation of ['DeleteTable', 'GetRecords', 'TransactWriteItems', 'BatchWriteItem'])
    expect(() => checks(request(operation, {}))).toThrow(`${operation} is not supported`);
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
  await expect(query('yours#1', 'byOwner')).rejects.toThrow(`${testTable}/index/byOwner`);
});
