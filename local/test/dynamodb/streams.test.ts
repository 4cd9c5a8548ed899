import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { parsePosition, positionText } from '../../dynamodb/stream-position.ts';
import { indexStreamRecords } from '../../dynamodb/stream-records-index.ts';
import { readableShards } from '../../dynamodb/stream-shards.ts';
import { startStreamTrimmer } from '../../dynamodb/stream-trimmer.ts';
import { type DataPlane, startDataPlane } from '../fixture/data-plane.ts';
import { until } from '../fixture/until.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';

const testStream = 'arn:aws:dynamodb:eu-central-1:123456789012:table/jobs/stream/2020-01-01T00:00:00.000';
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: '1' } });

async function put(plane: DataPlane, ...names: readonly string[]): Promise<void> {
  const client = plane.dynamoDbClient(plane.keyOf('writer'));
  for (const name of names) await client.send(new PutItemCommand({ TableName: 'jobs', Item: key(name) }));
}

function keysOf(records: readonly unknown[]): readonly unknown[] {
  return records.map(
    (record) => (record as { dynamodb: { Keys: { pk: { S: string } } } }).dynamodb.Keys.pk.S,
  );
}

test('changes are read in order, in the format of a Lambda event, and continued from a stored position', async () => {
  const dataDirectory = temporaryDirectory();
  const plane = await startDataPlane({ dataDirectory });
  const client = plane.dynamoDbClient(plane.keyOf('writer'));
  await put(plane, 'a');
  const change = { UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': { N: '1' } } };
  await client.send(new UpdateItemCommand({ TableName: 'jobs', Key: key('a'), ...change }));
  await client.send(new DeleteItemCommand({ TableName: 'jobs', Key: key('a') }));

  const first = await plane.dynamoDb.readStream({ streamArn: testStream, limit: 2 });
  expect(first.records).toMatchObject([
    { eventName: 'INSERT', dynamodb: { Keys: key('a'), NewImage: key('a') } },
    { eventName: 'MODIFY', dynamodb: { OldImage: key('a'), NewImage: { ...key('a'), n: { N: '1' } } } },
  ]);
  expect(first.records[0]).toEqual({
    eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    eventSourceARN: testStream,
    awsRegion: 'eu-central-1',
    dynamodb: expect.objectContaining({
      ApproximateCreationDateTime: expect.any(Number),
      SequenceNumber: expect.any(String),
      SizeBytes: expect.any(Number),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    }),
  });
  await plane.stop();

  const again = await startDataPlane({ dataDirectory });
  const second = await again.dynamoDb.readStream({ streamArn: testStream, after: first.next, limit: 10 });
  expect(second.records).toMatchObject([{ eventName: 'REMOVE' }]);
  expect(second.records[0]).not.toHaveProperty('userIdentity');
  const third = await again.dynamoDb.readStream({ streamArn: testStream, after: second.next, limit: 10 });
  expect(third).toEqual({ records: [], next: second.next });
  await put(again, 'b');
  const fourth = await again.dynamoDb.readStream({ streamArn: testStream, after: third.next, limit: 10 });
  expect(keysOf(fourth.records)).toEqual(['b']);
});

test('a reader that starts at the latest position gets only later records', async () => {
  const plane = await startDataPlane();
  await put(plane, 'a', 'b');
  const latest = await plane.dynamoDb.latestPosition(testStream);
  await put(plane, 'c');
  const { records } = await plane.dynamoDb.readStream({ streamArn: testStream, after: latest, limit: 10 });
  expect(keysOf(records)).toEqual(['c']);
});

test('a write notifies listeners until they are removed', async () => {
  const plane = await startDataPlane();
  const woken: string[] = [];
  const stop = plane.dynamoDb.onWrite((streamArn) => woken.push(streamArn));
  await put(plane, 'a');
  expect(woken).toEqual([testStream]);
  stop();
  await put(plane, 'b');
  expect(woken).toHaveLength(1);
});

test('an expired item is deleted, and its record names the cause', async () => {
  const plane = await startDataPlane({ expirySweepIntervalMs: 20 });
  const client = plane.dynamoDbClient(plane.keyOf('writer'));
  const seconds = Math.floor(Date.now() / 1000);
  for (const [name, ttl] of [
    ['past', seconds - 5],
    ['future', seconds + 3600],
  ] as const) {
    await client.send(
      new PutItemCommand({ TableName: 'jobs', Item: { ...key(name), ttl: { N: String(ttl) } } }),
    );
  }
  const removed = await until('the expiry', async () => {
    const { records } = await plane.dynamoDb.readStream({ streamArn: testStream, limit: 10 });
    return records.find((record) => (record as { eventName: string }).eventName === 'REMOVE');
  });
  expect(removed).toMatchObject({
    dynamodb: { Keys: key('past') },
    userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
  });
  await client.send(new DeleteItemCommand({ TableName: 'jobs', Key: key('future') }));
  const { records } = await plane.dynamoDb.readStream({ streamArn: testStream, limit: 10 });
  expect(records.at(-1)).toMatchObject({ eventName: 'REMOVE', dynamodb: { Keys: key('future') } });
  expect(records.at(-1)).not.toHaveProperty('userIdentity');
  expect(plane.failures).toEqual([]);
});

test('consumed records older than a day are trimmed, except the newest', async () => {
  const dataDirectory = temporaryDirectory();
  const plane = await startDataPlane({ dataDirectory });
  await put(plane, 'a', 'b', 'c');
  const { next } = await plane.dynamoDb.readStream({ streamArn: testStream, limit: 10 });
  const databaseFile = join(dataDirectory, 'dynamodb', 'tables.db');
  const stream = { arn: testStream, engineArn: 'unused' };
  const trimmer = startStreamTrimmer({
    databaseFile,
    tables: [{ name: 'jobs', arn: 'unused', engineArn: 'unused', stream }],
    onFailure: (error) => expect.unreachable(String(error)),
  });
  const tomorrow = new Date(Date.now() + 2 * 86_400_000);
  expect(trimmer.trim(tomorrow)).toBe(0);
  trimmer.consumed(testStream, next);
  expect(trimmer.trim(new Date())).toBe(0);
  expect(trimmer.trim(tomorrow)).toBe(2);
  expect(trimmer.trim(tomorrow)).toBe(0);
  await trimmer.stop();
  await put(plane, 'd');
  const { records } = await plane.dynamoDb.readStream({ streamArn: testStream, after: next, limit: 10 });
  expect(keysOf(records)).toEqual(['d']);
});

test('an unexpected schema of the stream records is detected', () => {
  const file = join(temporaryDirectory(), 'other.db');
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE _stream_records (table_name TEXT, number INTEGER)');
  database.close();
  expect(() => indexStreamRecords(file)).toThrow('stores its stream records in an unexpected schema');
});

test('a child shard is read after the end of its parent', () => {
  const shards = [
    { id: 'child', parentId: 'parent' },
    { id: 'parent', parentId: 'long gone' },
  ];
  const ids = (text: string) => readableShards(shards, parsePosition(text)).map((shard) => shard.id);
  expect(ids('{}')).toEqual(['parent']);
  expect(ids('{"parent":"7"}')).toEqual(['parent']);
  expect(ids('{"parent":"7!"}')).toEqual(['child']);
  expect(positionText(parsePosition('{"parent":"7!","child":"9"}'))).toBe('{"parent":"7!","child":"9"}');
});
