import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startDataPlane } from '../fixture/data-plane.ts';

const Bucket = 'results';

async function read(client: S3Client, Key: string): Promise<string | undefined> {
  return (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
}

async function keysOf(client: S3Client, input: Record<string, unknown> = {}) {
  const page = await client.send(new ListObjectsV2Command({ Bucket, ...input }));
  return { keys: page.Contents?.map((each) => each.Key) ?? [], page };
}

test('an object is returned with its bytes, headers and checksum', async () => {
  const plane = await startDataPlane();
  const client = plane.s3Client(plane.keyOf('writer'));
  const Key = 'a/ü ?&+%/1:2.json';
  const put = await client.send(
    new PutObjectCommand({
      Bucket,
      Key,
      Body: '{"a":1}',
      ContentType: 'application/json',
      Metadata: { job: 'x' },
    }),
  );
  const got = await client.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
  expect(await got.Body?.transformToString()).toBe('{"a":1}');
  expect(got).toMatchObject({
    ContentType: 'application/json',
    Metadata: { job: 'x' },
    ETag: put.ETag,
    ContentLength: 7,
  });
  expect(got.ChecksumCRC32).toBe(put.ChecksumCRC32);
  const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
  expect(head).toMatchObject({ ContentLength: 7, ETag: put.ETag });
  expect(head.LastModified?.getTime()).toBeGreaterThan(Date.now() - 60_000);
});

test('a streamed upload of several chunks and a large response are complete', async () => {
  const plane = await startDataPlane();
  const client = plane.s3Client(plane.keyOf('writer'));
  const bytes = Buffer.alloc(3_000_001, 'abcdefg');
  const Body = Readable.from([bytes.subarray(0, 70_045), bytes.subarray(70_045)]);
  await client.send(new PutObjectCommand({ Bucket, Key: 'big', Body, ContentLength: bytes.length }));
  const got = await client.send(new GetObjectCommand({ Bucket, Key: 'big' }));
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
  const part = await client.send(new GetObjectCommand({ Bucket, Key: 'big', Range: 'bytes=2999999-' }));
  expect(part).toMatchObject({
    ContentRange: 'bytes 2999999-3000000/3000001',
    $metadata: { httpStatusCode: 206 },
  });
  expect(await part.Body?.transformToString()).toBe(bytes.toString('latin1', 2_999_999));
  await expect(
    client.send(new GetObjectCommand({ Bucket, Key: 'big', Range: 'bytes=3000001-' })),
  ).rejects.toMatchObject({
    name: 'InvalidRange',
  });
});

test('only one of many concurrent creations of an object succeeds', async () => {
  const plane = await startDataPlane();
  const client = plane.s3Client(plane.keyOf('writer'));
  const attempts = Array.from({ length: 10 }, (_, number) =>
    client.send(new PutObjectCommand({ Bucket, Key: 'once', Body: String(number), IfNoneMatch: '*' })),
  );
  const outcomes = await Promise.allSettled(attempts);
  const winners = outcomes.flatMap((outcome, number) =>
    outcome.status === 'fulfilled' ? [String(number)] : [],
  );
  expect(winners).toHaveLength(1);
  expect(await read(client, 'once')).toBe(winners[0]);
  const loser = outcomes.find((outcome) => outcome.status === 'rejected');
  expect(loser).toMatchObject({ reason: { name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } } });
});

test('a conditional write replaces an object only if it has not changed', async () => {
  const plane = await startDataPlane();
  const client = plane.s3Client(plane.keyOf('writer'));
  const { ETag: first } = await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '1' }));
  await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '2', IfMatch: first }));
  const stale = client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '3', IfMatch: first }));
  await expect(stale).rejects.toMatchObject({ name: 'PreconditionFailed' });
  expect(await read(client, 'k')).toBe('2');
  const nothing = client.send(new PutObjectCommand({ Bucket, Key: 'none', Body: '3', IfMatch: first }));
  await expect(nothing).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('a conditional read returns 304 for an unchanged object', async () => {
  const plane = await startDataPlane();
  const client = plane.s3Client(plane.keyOf('writer'));
  const { ETag: IfNoneMatch } = await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '1' }));
  await expect(client.send(new GetObjectCommand({ Bucket, Key: 'k', IfNoneMatch }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 304 },
  });
});

test('a body that does not match its checksum is refused and not stored', async () => {
  const plane = await startDataPlane();
  const client = plane.s3Client(plane.keyOf('writer'));
  const wrong = new PutObjectCommand({
    Bucket,
    Key: 'k',
    Body: 'hello',
    ChecksumSHA256: Buffer.alloc(32).toString('base64'),
  });
  await expect(client.send(wrong)).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(read(client, 'k')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)(
  'a %s checksum is verified and returned',
  async (algorithm) => {
    const plane = await startDataPlane();
    const client = plane.s3Client(plane.keyOf('writer'));
    const put = await client.send(
      new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello', ChecksumAlgorithm: algorithm }),
    );
    const got = await client.send(new GetObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }));
    expect(got[`Checksum${algorithm}`]).toBe(put[`Checksum${algorithm}`]);
    expect(got[`Checksum${algorithm}`]).toBeTruthy();
  },
);

test('keys are listed in order, in pages, and grouped by a delimiter', async () => {
  const plane = await startDataPlane();
  const client = plane.s3Client(plane.keyOf('writer'));
  for (const Key of ['a/2', 'a/1', 'b', 'a/x/1', 'c/1', 'c/2', 'd'])
    await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  expect((await keysOf(client)).keys).toEqual(['a/1', 'a/2', 'a/x/1', 'b', 'c/1', 'c/2', 'd']);
  expect((await keysOf(client, { Prefix: 'a/' })).keys).toEqual(['a/1', 'a/2', 'a/x/1']);
  const rolled = await keysOf(client, { Delimiter: '/' });
  expect(rolled.keys).toEqual(['b', 'd']);
  expect(rolled.page.CommonPrefixes).toEqual([{ Prefix: 'a/' }, { Prefix: 'c/' }]);

  const seen: unknown[] = [];
  let ContinuationToken: string | undefined;
  do {
    const { page } = await keysOf(client, { Delimiter: '/', MaxKeys: 1, ContinuationToken });
    seen.push(
      ...(page.Contents ?? []).map((each) => each.Key),
      ...(page.CommonPrefixes ?? []).map((each) => each.Prefix),
    );
    expect(page.KeyCount).toBe(1);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  expect(seen).toEqual(['a/', 'b', 'c/', 'd']);
});

test('objects are deleted one by one or many in one request, even if they do not exist', async () => {
  const plane = await startDataPlane();
  const client = plane.s3Client(plane.keyOf('writer'));
  for (const Key of ['1', '2', '<3>&"']) await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
  await client.send(new DeleteObjectCommand({ Bucket, Key: '1' }));
  await client.send(new DeleteObjectCommand({ Bucket, Key: '1' }));
  const answer = await client.send(
    new DeleteObjectsCommand({
      Bucket,
      Delete: { Objects: [{ Key: '2' }, { Key: '<3>&"' }, { Key: 'none' }] },
    }),
  );
  expect(answer.Deleted?.map((each) => each.Key)).toEqual(['2', '<3>&"', 'none']);
  expect((await keysOf(client)).keys).toEqual([]);
});

test('an unsupported request returns 501 and changes nothing', async () => {
  const plane = await startDataPlane();
  const client = plane.s3Client(plane.keys.operator);
  await client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'kept' }));
  const tagging = client.send(
    new PutObjectTaggingCommand({ Bucket, Key: 'k', Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }),
  );
  await expect(tagging).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('tagging'),
  });
  const tagged = client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', Tagging: 'a=b' }));
  await expect(tagged).rejects.toMatchObject({ name: 'NotImplemented' });
  await client.send(new PutObjectCommand({ Bucket, Key: 'other', Body: 'y' }));
  const copy = client.send(new CopyObjectCommand({ Bucket, Key: 'k', CopySource: `${Bucket}/other` }));
  await expect(copy).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('x-amz-copy-source'),
  });
  expect(await read(client, 'k')).toBe('kept');
});

test('only a caller that may list the bucket learns that a key has no object', async () => {
  const plane = await startDataPlane();
  const get = new GetObjectCommand({ Bucket, Key: 'none' });
  await expect(plane.s3Client(plane.keyOf('writer')).send(get)).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(plane.s3Client(plane.keyOf('reader')).send(get)).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('s3:ListBucket'),
  });
});

test('the bucket’s policy can refuse what the role allows', async () => {
  const plane = await startDataPlane();
  const client = plane.s3Client(plane.keyOf('writer'));
  const frozen = client.send(new PutObjectCommand({ Bucket, Key: 'frozen/1', Body: 'x' }));
  await expect(frozen).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('explicit deny'),
  });
});

test('a bucket that is not the app’s does not exist', async () => {
  const plane = await startDataPlane();
  const client = plane.s3Client(plane.keys.operator);
  await expect(client.send(new GetObjectCommand({ Bucket: 'other', Key: 'k' }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  });
});
