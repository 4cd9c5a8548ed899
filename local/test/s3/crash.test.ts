import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startS3Process } from '../fixture/s3-process.ts';
import { until } from '../fixture/until.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';

const testTarget = { Bucket: 'results', Key: 'k' };

test('an upload that a crash interrupts leaves the earlier object', async () => {
  const dataDirectory = temporaryDirectory();
  const blobs = () => readdirSync(join(dataDirectory, 's3', 'blobs'));
  const { client, kill } = await startS3Process(dataDirectory);
  await client.send(new PutObjectCommand({ ...testTarget, Body: 'earlier' }));
  const Body = new Readable({ read() {} });
  Body.push(Buffer.alloc(100_000));
  const interrupted = client.send(new PutObjectCommand({ ...testTarget, Body, ContentLength: 200_000 }), {
    abortSignal: AbortSignal.timeout(60_000),
  });
  const failed = expect(interrupted).rejects.toThrow();
  await until('the upload starts', () => blobs().length === 2);
  await kill();
  Body.push(null);
  await failed;

  const again = await startS3Process(dataDirectory);
  expect(blobs()).toHaveLength(1);
  const got = await again.client.send(new GetObjectCommand(testTarget));
  expect(await got.Body?.transformToString()).toBe('earlier');
});

test('a completion that a crash interrupts can be repeated', async () => {
  const dataDirectory = temporaryDirectory();
  const blobs = () => readdirSync(join(dataDirectory, 's3', 'blobs'));
  const { client, kill } = await startS3Process(dataDirectory);
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(testTarget));
  const upload = { ...testTarget, UploadId };
  const bodies = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('end')];
  const Parts = await Promise.all(
    bodies.map(async (Body, index) => {
      const PartNumber = index + 1;
      const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
      return { PartNumber, ETag };
    }),
  );
  const input = { ...upload, MultipartUpload: { Parts }, IfNoneMatch: '*' };
  const interrupted = client.send(new CompleteMultipartUploadCommand(input)).catch(() => undefined);
  await until('the parts are being joined, or are joined', () => blobs().length !== 2);
  await kill();
  await interrupted;

  const again = await startS3Process(dataDirectory);
  await again.client.send(new CompleteMultipartUploadCommand(input));
  const got = await again.client.send(new GetObjectCommand(testTarget));
  const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
  expect(bytes.equals(Buffer.concat(bodies))).toBe(true);
  expect(blobs()).toHaveLength(1);
});
