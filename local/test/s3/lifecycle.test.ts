import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startDataPlane } from '../fixture/data-plane.ts';
import { dataModel } from '../fixture/data-stack.ts';
import { until } from '../fixture/until.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';

const Bucket = 'results';
const dayMs = 24 * 60 * 60 * 1000;
const noon = Date.UTC(2030, 0, 15, 12);

/** Runs the rules every 10 ms, by a clock that the test sets. */
async function planeWithRules(rules: readonly Record<string, unknown>[]) {
  const properties = { BucketName: Bucket, LifecycleConfiguration: { Rules: rules } };
  const model = dataModel(undefined, { Bucket: { Type: 'AWS::S3::Bucket', Properties: properties } });
  const clock = { time: noon };
  const dataDirectory = temporaryDirectory();
  const plane = await startDataPlane({
    model,
    dataDirectory,
    s3: { now: () => clock.time, lifecycleIntervalMs: 10 },
  });
  const client = plane.s3Client(plane.keys.operator);
  const keys = async () =>
    (await client.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key) ?? [];
  const blobs = () => readdirSync(join(dataDirectory, 's3', 'blobs'));
  return { client, clock, keys, blobs, failures: plane.failures };
}

test('an upload that is not completed is aborted at midnight after the days of its rule', async () => {
  const { client, clock, blobs } = await planeWithRules([
    { Id: 'abort', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
  ]);
  const begin = async (Key: string) => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const upload = { Bucket, Key, UploadId };
    const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'part' }));
    return { ...upload, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } };
  };
  const first = await begin('first');
  clock.time = Date.UTC(2030, 0, 16, 23, 59, 59);
  const second = await begin('second');
  clock.time = Date.UTC(2030, 0, 17);
  await until('the first upload is aborted', () => blobs().length === 1);
  await expect(client.send(new ListPartsCommand(first))).rejects.toMatchObject({ name: 'NoSuchUpload' });
  await client.send(new CompleteMultipartUploadCommand(second));
});

test('objects expire by the prefix, the age and the size of an enabled rule', async () => {
  const { client, clock, keys, blobs, failures } = await planeWithRules([
    { Status: 'Enabled', Prefix: 'old/', ExpirationInDays: 3 },
    { Status: 'Enabled', Prefix: 'big/', ExpirationInDays: 1, ObjectSizeGreaterThan: '4' },
    { Status: 'Disabled', Prefix: 'kept/', ExpirationInDays: 1 },
    { Status: 'Enabled', ExpirationInDays: 1, TagFilters: [{ Key: 'a', Value: 'b' }] },
    { Status: 'Enabled', Prefix: 'until/', ExpirationDate: '2030-01-18T00:00:00.000Z' },
  ]);
  for (const Key of ['old/1', 'old/2', 'kept/1', 'until/1'])
    await client.send(new PutObjectCommand({ Bucket, Key, Body: 'text' }));
  await client.send(new PutObjectCommand({ Bucket, Key: 'big/4', Body: '1234' }));
  await client.send(new PutObjectCommand({ Bucket, Key: 'big/5', Body: '12345' }));
  clock.time = noon + 2 * dayMs;
  await until('the big object has expired', () => blobs().length === 5);
  expect(await keys()).toEqual(['big/4', 'kept/1', 'old/1', 'old/2', 'until/1']);
  clock.time = Date.UTC(2030, 0, 18, 1);
  await until('the date has passed', () => blobs().length === 4);
  expect(await keys()).toEqual(['big/4', 'kept/1', 'old/1', 'old/2']);
  clock.time = Date.UTC(2030, 0, 19);
  await until('the old objects have expired', () => blobs().length === 2);
  expect(await keys()).toEqual(['big/4', 'kept/1']);
  expect(failures).toEqual([]);
});
