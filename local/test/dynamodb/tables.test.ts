import {
  type AttributeValue,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { localStreamArn } from '../../assembly/stream-arn.ts';
import { engineBinary } from '../../dynamodb/engine-binary.ts';
import { startEngineProcess } from '../../dynamodb/engine-process.ts';
import { startDynamoDb } from '../../dynamodb/start-dynamodb.ts';
import { planTable } from '../../dynamodb/table-plan.ts';
import { startDataPlane } from '../fixture/data-plane.ts';
import { dataModel, indexOn, tableProperties } from '../fixture/data-stack.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';

const testItem: Record<string, AttributeValue> = {
  pk: { S: 'a' },
  sk: { S: '1' },
  owner: { S: 'me' },
  team: { S: 'red' },
};

/** Returns the data folder of a stopped data plane whose table contains `testItem`. */
async function dataFolderWithItem(): Promise<string> {
  const dataDirectory = temporaryDirectory();
  const first = await startDataPlane({ dataDirectory });
  await first
    .dynamoDbClient(first.keys.operator)
    .send(new PutItemCommand({ TableName: 'jobs', Item: testItem }));
  await first.stop();
  return dataDirectory;
}

test('a table is created with index, stream and expiry and survives a restart', async () => {
  const dataDirectory = temporaryDirectory();
  const first = await startDataPlane({ dataDirectory });
  const operator = first.dynamoDbClient(first.keys.operator);
  await operator.send(new PutItemCommand({ TableName: 'jobs', Item: testItem }));
  const ttl = await operator.send(new DescribeTimeToLiveCommand({ TableName: 'jobs' }));
  expect(ttl.TimeToLiveDescription).toEqual({ AttributeName: 'ttl', TimeToLiveStatus: 'ENABLED' });
  await first.stop();

  const second = await startDataPlane({ dataDirectory });
  const again = second.dynamoDbClient(second.keys.operator);
  const found = await again.send(
    new QueryCommand({
      TableName: 'jobs',
      IndexName: 'byOwner',
      KeyConditionExpression: '#o = :o',
      ExpressionAttributeNames: { '#o': 'owner' },
      ExpressionAttributeValues: { ':o': { S: 'me' } },
    }),
  );
  expect(found.Items).toEqual([testItem]);
});

test('a new index is filled from existing items, and an index outside the template is removed', async () => {
  const dataDirectory = await dataFolderWithItem();

  const model = dataModel({
    ...tableProperties,
    AttributeDefinitions: ['pk', 'sk', 'team'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [indexOn('byTeam', 'team')],
  });
  const second = await startDataPlane({ dataDirectory, model });
  const client = second.dynamoDbClient(second.keys.operator);
  const { Table: table } = await client.send(new DescribeTableCommand({ TableName: 'jobs' }));
  expect(table?.GlobalSecondaryIndexes?.map((index) => index.IndexName)).toEqual(['byTeam']);
  const found = await client.send(
    new QueryCommand({
      TableName: 'jobs',
      IndexName: 'byTeam',
      KeyConditionExpression: 'team = :t',
      ExpressionAttributeValues: { ':t': { S: 'red' } },
    }),
  );
  expect(found.Items).toEqual([testItem]);
});

test('a key that differs from the one on disk prevents the start and does not change the data', async () => {
  const dataDirectory = await dataFolderWithItem();
  const model = dataModel({ ...tableProperties, KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] });
  await expect(startDataPlane({ dataDirectory, model })).rejects.toThrow(
    /the key of table jobs is \["HASH pk","RANGE sk"\] in the data folder, but \["HASH pk"\] in the app/,
  );
  const third = await startDataPlane({ dataDirectory });
  const key = { pk: { S: 'a' }, sk: { S: '1' } };
  const kept = await third
    .dynamoDbClient(third.keys.operator)
    .send(new GetItemCommand({ TableName: 'jobs', Key: key }));
  expect(kept.Item).toEqual(testItem);
});

test('the plan for a matching table is empty', () => {
  const { AttributeDefinitions, KeySchema } = tableProperties;
  const existing = {
    AttributeDefinitions,
    KeySchema,
    GlobalSecondaryIndexes: [{ ...indexOn('byOwner', 'owner'), IndexStatus: 'ACTIVE' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  };
  expect(planTable('jobs', tableProperties, existing)).toEqual({ updates: [] });
  expect(() =>
    planTable('jobs', { ...tableProperties, StreamSpecification: { StreamViewType: 'KEYS_ONLY' } }, existing),
  ).toThrow('the stream view of table jobs');
});

test('a failed condition returns the item as DynamoDB does', async () => {
  const plane = await startDataPlane();
  const client = plane.dynamoDbClient(plane.keyOf('writer'));
  await client.send(new PutItemCommand({ TableName: 'jobs', Item: testItem }));
  const refused = client.send(
    new PutItemCommand({
      TableName: 'jobs',
      Item: testItem,
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  );
  await expect(refused).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException',
    Item: testItem,
  });
});

test('another server can replace the engine', async () => {
  const model = dataModel({ ...tableProperties, TableName: 'others' });
  const server = await startEngineProcess(engineBinary(), temporaryDirectory());
  try {
    const dataDirectory = temporaryDirectory();
    const other = await startDynamoDb({ model, dataDirectory, endpoint: server.endpoint });
    expect(other.enginePid).toBeUndefined();
    expect(
      await other.readStream({
        streamArn: localStreamArn(String(model.ofType('AWS::DynamoDB::Table')[0]?.arn)),
        limit: 10,
      }),
    ).toEqual({
      records: [],
      next: expect.any(String),
    });
    await other.stop();
  } finally {
    await server.stop();
  }
});
