import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startDataPlane } from '../fixture/data-plane.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';

const testTarget = { Bucket: 'results', Key: 'big' };
const testFirst = Buffer.alloc(5 * 1024 * 1024, 'a');

async function begin(client: S3Client): Promise<string> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...testTarget, ContentType: 'text/csv' }),
  );
  return UploadId ?? '';
}

async function uploadPart(
  client: S3Client,
  UploadId: string,
  part: { PartNumber: number; Body: Buffer | string },
) {
  const { ETag } = await client.send(new UploadPartCommand({ ...testTarget, UploadId, ...part }));
  return { PartNumber: part.PartNumber, ETag };
}

const completion = (
  UploadId: string,
  Parts: ReadonlyArray<{ PartNumber: number; ETag: string | undefined }>,
) => new CompleteMultipartUploadCommand({ ...testTarget, UploadId, MultipartUpload: { Parts: [...Parts] } });

test('parts are joined in order, even after a restart', async () => {
  const dataDirectory = temporaryDirectory();
  const plane = await startDataPlane({ dataDirectory });
  const before = plane.s3Client(plane.keyOf('writer'));
  const UploadId = await begin(before);
  const second = await uploadPart(before, UploadId, { PartNumber: 7, Body: 'end' });
  await uploadPart(before, UploadId, { PartNumber: 1, Body: 'replaced' });
  await uploadPart(before, UploadId, { PartNumber: 8, Body: 'not named' });
  await plane.stop();

  const again = await startDataPlane({ dataDirectory });
  const client = again.s3Client(again.keys.operator);
  const first = await uploadPart(client, UploadId, { PartNumber: 1, Body: testFirst });
  const listed = await client.send(new ListPartsCommand({ ...testTarget, UploadId }));
  expect(listed.Parts).toMatchObject([
    { PartNumber: 1, Size: testFirst.length },
    { PartNumber: 7, Size: 3 },
    { PartNumber: 8, Size: 9 },
  ]);
  const done = await client.send(completion(UploadId, [first, second]));
  expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
  const got = await client.send(new GetObjectCommand({ ...testTarget, ChecksumMode: 'ENABLED' }));
  expect(got).toMatchObject({ ContentType: 'text/csv', ETag: done.ETag, ChecksumType: 'FULL_OBJECT' });
  expect(
    Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(
      Buffer.concat([testFirst, Buffer.from('end')]),
    ),
  ).toBe(true);
  expect(readdirSync(join(dataDirectory, 's3', 'blobs'))).toHaveLength(1);
});

test('invalid parts are refused, and the upload stays open until it is aborted', async () => {
  const dataDirectory = temporaryDirectory();
  const plane = await startDataPlane({ dataDirectory });
  const client = plane.s3Client(plane.keyOf('writer'));
  const UploadId = await begin(client);
  const small = await uploadPart(client, UploadId, { PartNumber: 1, Body: 'small' });
  const last = await uploadPart(client, UploadId, { PartNumber: 2, Body: 'last' });
  const complete = (parts: Parameters<typeof completion>[1]) => client.send(completion(UploadId, parts));
  await expect(complete([small, last])).rejects.toMatchObject({ name: 'EntityTooSmall' });
  await expect(complete([last, small])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  await expect(complete([{ PartNumber: 1, ETag: last.ETag }])).rejects.toMatchObject({ name: 'InvalidPart' });
  await client.send(new AbortMultipartUploadCommand({ ...testTarget, UploadId }));
  await expect(complete([small])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  await expect(client.send(new GetObjectCommand(testTarget))).rejects.toMatchObject({ name: 'NoSuchKey' });
  expect(readdirSync(join(dataDirectory, 's3', 'blobs'))).toEqual([]);
});

test('a completion that is repeated or sent twice at once has the same result', async () => {
  const dataDirectory = temporaryDirectory();
  const plane = await startDataPlane({ dataDirectory });
  const client = plane.s3Client(plane.keyOf('writer'));
  const UploadId = await begin(client);
  const part = await uploadPart(client, UploadId, { PartNumber: 1, Body: 'only' });
  const complete = () =>
    client.send(
      new CompleteMultipartUploadCommand({ ...completion(UploadId, [part]).input, IfNoneMatch: '*' }),
    );
  const [first, second] = await Promise.all([complete(), complete()]);
  expect(first.ETag).toMatch(/-1"$/);
  expect(second.ETag).toBe(first.ETag);
  expect(await complete()).toMatchObject({ ETag: first.ETag, ChecksumCRC64NVME: first.ChecksumCRC64NVME });
  await plane.stop();

  const again = await startDataPlane({ dataDirectory });
  const restarted = again.s3Client(again.keyOf('writer'));
  const repeated = await restarted.send(completion(UploadId, [part]));
  expect(repeated.ETag).toBe(first.ETag);
  const other = { PartNumber: 2, ETag: part.ETag };
  await expect(restarted.send(completion(UploadId, [other]))).rejects.toMatchObject({ name: 'NoSuchUpload' });
  await restarted.send(new PutObjectCommand({ ...testTarget, Body: 'newer' }));
  await expect(restarted.send(completion(UploadId, [part]))).rejects.toMatchObject({ name: 'NoSuchUpload' });
  expect(readdirSync(join(dataDirectory, 's3', 'blobs'))).toHaveLength(1);
});

test('a completion that must not replace an object leaves the upload open', async () => {
  const dataDirectory = temporaryDirectory();
  const plane = await startDataPlane({ dataDirectory });
  const client = plane.s3Client(plane.keyOf('writer'));
  await client.send(new PutObjectCommand({ ...testTarget, Body: 'present' }));
  const UploadId = await begin(client);
  const part = await uploadPart(client, UploadId, { PartNumber: 1, Body: 'only' });
  const conditional = { ...completion(UploadId, [part]).input, IfNoneMatch: '*' };
  await expect(client.send(new CompleteMultipartUploadCommand(conditional))).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  expect(readdirSync(join(dataDirectory, 's3', 'blobs'))).toHaveLength(2);
  await client.send(completion(UploadId, [part]));
  expect(readdirSync(join(dataDirectory, 's3', 'blobs'))).toHaveLength(1);
});

test('files that a crash left without an owner are deleted at the next start, and others are kept', async () => {
  const dataDirectory = temporaryDirectory();
  const plane = await startDataPlane({ dataDirectory });
  const client = plane.s3Client(plane.keyOf('writer'));
  await uploadPart(client, await begin(client), { PartNumber: 1, Body: 'kept' });
  await plane.stop();
  const blobs = join(dataDirectory, 's3', 'blobs');
  writeFileSync(join(blobs, 'stray'), 'x');
  await startDataPlane({ dataDirectory });
  expect(readdirSync(blobs)).toHaveLength(1);
  expect(readdirSync(blobs)).not.toContain('stray');
});
