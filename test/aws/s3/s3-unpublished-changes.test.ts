import { randomUUID } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toItem } from '../../../aws/dynamodb/job-items/job-item.ts';
import { toItem as toTombstoneItem } from '../../../aws/dynamodb/job-items/tombstone-item.ts';
import type { Item } from '../../../aws/dynamodb/table/table.ts';
import { removeObjects } from '../../../aws/s3/remove-objects.ts';
import { s3UnpublishedChanges } from '../../../aws/s3/s3-unpublished-changes.ts';
import type { UnpublishedChange } from '../../../core/ports/events/unpublished-changes.ts';
import { describeUnpublishedChanges } from '../../contract/events/unpublished-changes-suite.ts';
import { type LocalS3, startLocalS3 } from '../../support/data/local-s3.ts';
import { aJob, someTime } from '../../support/jobs/jobs.ts';

let s3: LocalS3;
beforeAll(async () => {
  s3 = await startLocalS3();
});
afterAll(() => s3?.stop());

const folder = 'aws/lambda/6a3e0e3d-0f7a-4d6c-8a3c-2f1b3c9e5d10/shardId-00000001690000000000-0a1b2c3d';

/** The key that Lambda gives an object: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
function keyAt(timeMs: number): string {
  const [day = '', time = ''] = new Date(timeMs).toISOString().slice(0, 19).split('T');
  return `${folder}/${day.replaceAll('-', '/')}/${day}T${time.replaceAll(':', '.')}-${randomUUID()}`;
}

async function put(body: string, second = 1): Promise<string> {
  const key = keyAt(someTime + second * 1000);
  await (await s3.client()).send(new PutObjectCommand({ Bucket: s3.bucketName, Key: key, Body: body }));
  return key;
}

/** As in a stream record, in which bytes are Base64. */
function imageOf(item: Item) {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      value.B === undefined ? value : { B: Buffer.from(value.B).toString('base64') },
    ]),
  );
}

function recordOf({ position, before, after, tombstone }: UnpublishedChange) {
  const newItem = tombstone === undefined ? after && toItem(after) : toTombstoneItem(tombstone);
  const { pk, sk } = newItem ?? {};
  return {
    eventName: before === undefined ? 'INSERT' : 'MODIFY',
    dynamodb: {
      SequenceNumber: position,
      Keys: { pk, sk },
      ...(before === undefined ? {} : { OldImage: imageOf(toItem(before)) }),
      ...(newItem === undefined ? {} : { NewImage: imageOf(newItem) }),
    },
  };
}

const unreadableRecord = (index: number) => ({
  dynamodb: {
    SequenceNumber: `9${index}`,
    Keys: { pk: { S: 'T#local' }, sk: { S: 'J#1' } },
    NewImage: { pk: { S: 'T#local' }, sk: { S: 'J#1' }, z: { N: '999' } },
  },
});

function invocation(records: readonly object[]): string {
  const payload = JSON.stringify({ Records: records });
  return JSON.stringify({ version: '1.0', requestContext: { condition: 'RetryAttemptsExhausted' }, payload });
}

const storeOf = () => s3UnpublishedChanges({ client: s3.client, bucketName: s3.bucketName });

describe('s3UnpublishedChanges', () => {
  describeUnpublishedChanges(async () => {
    await removeObjects(await s3.client(), s3.bucketName, '');
    return {
      unpublished: storeOf(),
      keep: async (second, { changes, unreadableParts = 0 }) => {
        const unreadable = Array.from({ length: unreadableParts }, (_, index) => unreadableRecord(index));
        return put(invocation([...changes.map(recordOf), ...unreadable]), second);
      },
    };
  });

  test.each([
    ['no JSON', 'not JSON'],
    ['JSON without a payload', '{}'],
    ['a payload that is no JSON', JSON.stringify({ payload: '{' })],
    ['a payload without records', JSON.stringify({ payload: '{}' })],
  ])('reports %s as unreadable', async (_, body) => {
    const batch = await storeOf().read(await put(body));
    expect(batch?.changes).toEqual([]);
    expect(batch?.unreadable).toHaveLength(1);
  });

  test('leaves out records of other items, which need no publication', async () => {
    const other = { dynamodb: { SequenceNumber: '5', Keys: { pk: { S: 'T#local' }, sk: { S: 'S#echo' } } } };
    const job = { position: '6', after: aJob() };
    const batch = await storeOf().read(await put(invocation([other, recordOf(job)])));
    expect(batch).toMatchObject({ changes: [{ position: '6' }], unreadable: [] });
  });

  test('keeps the rest of the record of the invocation', async () => {
    const [one, two] = [
      { position: '1', after: aJob() },
      { position: '2', after: aJob() },
    ];
    const store = storeOf();
    const name = await put(invocation([recordOf(one), recordOf(two)]));
    const batch = await store.read(name);
    if (batch === undefined) throw new Error('the batch is missing');
    await store.remove(batch, ['1']);
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const { Body } = await (await s3.client()).send(
      new GetObjectCommand({ Bucket: s3.bucketName, Key: name }),
    );
    expect(JSON.parse((await Body?.transformToString()) ?? '')).toMatchObject({
      version: '1.0',
      requestContext: { condition: 'RetryAttemptsExhausted' },
    });
  });
});
