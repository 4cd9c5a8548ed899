import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { startDataPlane } from '../fixture/data-plane.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';

// The values and errors were recorded from S3:
// https://github.com/localstack/localstack/blob/main/tests/aws/services/s3/test_s3.snapshot.json
const testTarget = { Bucket: 'results', Key: 'k' };
const crc64OfAaa = 'Rnr2/5P7Gsk=';

/** A client that sends only the checksums that a test names. */
async function plainPlane() {
  const dataDirectory = temporaryDirectory();
  const plane = await startDataPlane({ dataDirectory });
  const client = plane.s3Client(plane.keys.operator, { requestChecksumCalculation: 'WHEN_REQUIRED' });
  return { client, blobs: () => readdirSync(join(dataDirectory, 's3', 'blobs')) };
}

test('an object without a checksum gets CRC64NVME', async () => {
  const { client } = await plainPlane();
  const expected = { ChecksumCRC64NVME: crc64OfAaa, ChecksumType: 'FULL_OBJECT' };
  expect(await client.send(new PutObjectCommand({ ...testTarget, Body: 'aaa' }))).toMatchObject(expected);
  const head = await client.send(new HeadObjectCommand({ ...testTarget, ChecksumMode: 'ENABLED' }));
  expect(head).toMatchObject(expected);
  const got = await client.send(new GetObjectCommand({ ...testTarget, ChecksumMode: 'ENABLED' }));
  expect(got).toMatchObject(expected);
  expect(await got.Body?.transformToString()).toBe('aaa');
  const silent = await client.send(new HeadObjectCommand(testTarget));
  expect(silent.ChecksumCRC64NVME).toBeUndefined();
});

test('an object has the one checksum that it was sent with', async () => {
  const { client } = await plainPlane();
  const ChecksumSHA256 = createHash('sha256').update('aaa').digest('base64');
  await client.send(new PutObjectCommand({ ...testTarget, Body: 'aaa', ChecksumSHA256 }));
  const head = await client.send(new HeadObjectCommand({ ...testTarget, ChecksumMode: 'ENABLED' }));
  expect(head).toMatchObject({ ChecksumSHA256, ChecksumType: 'FULL_OBJECT' });
  expect(head.ChecksumCRC64NVME).toBeUndefined();
});

test.each([
  [{ ChecksumCRC64NVME: 'AAAAAAAAAAA=' }, 'BadDigest', 'The CRC64NVME you specified did not match'],
  [
    { ChecksumCRC64NVME: 'AAAAAA==' },
    'InvalidRequest',
    'Value for x-amz-checksum-crc64nvme header is invalid.',
  ],
  [{ ChecksumSHA256: 'x' }, 'InvalidRequest', 'Value for x-amz-checksum-sha256 header is invalid.'],
  [{ ChecksumCRC64NVME: crc64OfAaa, ChecksumCRC32: 'AAAAAA==' }, 'InvalidRequest', 'Multiple checksum Types'],
  [{ ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }, 'BadDigest', 'The Content-MD5 you specified did not match'],
  [{ ContentMD5: 'x' }, 'InvalidDigest', 'The Content-MD5 you specified was invalid.'],
])('an upload with %j is refused with %s', async (stated, name, message) => {
  const { client, blobs } = await plainPlane();
  await expect(
    client.send(new PutObjectCommand({ ...testTarget, Body: 'aaa', ...stated })),
  ).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  expect(blobs()).toEqual([]);
});

type Creation = Partial<CreateMultipartUploadCommandInput>;
type Completion = Partial<CompleteMultipartUploadCommandInput>;

/** Uploads `aaa` as the only part. */
async function uploaded(creation: Creation) {
  const { client, blobs } = await plainPlane();
  const created = await client.send(new CreateMultipartUploadCommand({ ...testTarget, ...creation }));
  const upload = { ...testTarget, UploadId: created.UploadId };
  const part = await client.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'aaa' }));
  const complete = (completion: Completion, ofPart: Readonly<Record<string, string>> = {}) =>
    client.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part.ETag, ...ofPart }] },
        ...completion,
      }),
    );
  return { client, blobs, created, upload, part, complete };
}

const crc64: Creation = { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'FULL_OBJECT' };

test('an upload with CRC64NVME computes the checksum of parts and object', async () => {
  const { client, created, upload, part, complete } = await uploaded(crc64);
  expect(created).toMatchObject(crc64);
  expect(part).toMatchObject({ ChecksumCRC64NVME: crc64OfAaa });
  const listed = await client.send(new ListPartsCommand(upload));
  expect(listed).toMatchObject({ ...crc64, Parts: [{ PartNumber: 1, ChecksumCRC64NVME: crc64OfAaa }] });
  const done = await complete({
    ChecksumCRC64NVME: crc64OfAaa,
    ChecksumType: 'FULL_OBJECT',
    MpuObjectSize: 3,
    IfNoneMatch: '*',
  });
  expect(done).toMatchObject({ ChecksumCRC64NVME: crc64OfAaa, ChecksumType: 'FULL_OBJECT' });
  const head = await client.send(new HeadObjectCommand({ ...testTarget, ChecksumMode: 'ENABLED' }));
  expect(head).toMatchObject({
    ChecksumCRC64NVME: crc64OfAaa,
    ChecksumType: 'FULL_OBJECT',
    ContentLength: 3,
  });
});

test('an upload without a checksum gets CRC64NVME when it is completed', async () => {
  const { client, created, upload, complete } = await uploaded({});
  expect(created.ChecksumAlgorithm).toBeUndefined();
  const listed = await client.send(new ListPartsCommand(upload));
  expect(listed.ChecksumAlgorithm).toBeUndefined();
  expect(listed.Parts?.[0]?.ChecksumCRC64NVME).toBeUndefined();
  expect(await complete({})).toMatchObject({ ChecksumCRC64NVME: crc64OfAaa, ChecksumType: 'FULL_OBJECT' });
});

const typed = { ChecksumType: 'FULL_OBJECT' } as const;

test.each<[Creation, Completion, Readonly<Record<string, string>>, string, string]>([
  [crc64, { ...typed, ChecksumCRC64NVME: 'AAAAAAAAAAA=' }, {}, 'BadDigest', 'The crc64nvme you specified'],
  [crc64, { ...typed, ChecksumCRC32: 'AAAAAA==' }, {}, 'BadDigest', 'The crc64nvme you specified'],
  [
    crc64,
    { ChecksumCRC64NVME: crc64OfAaa },
    {},
    'NotImplemented',
    'without x-amz-checksum-type: FULL_OBJECT',
  ],
  [crc64, { ChecksumType: 'COMPOSITE' }, {}, 'InvalidRequest', 'created using the FULL_OBJECT checksum mode'],
  [crc64, {}, { ChecksumCRC64NVME: 'AAAAAAAAAAA=' }, 'InvalidPart', 'One or more of the specified parts'],
  [crc64, { MpuObjectSize: 4 }, {}, 'InvalidRequest', 'header value 4 does not match what was computed: 3'],
  [{}, typed, {}, 'InvalidRequest', 'The upload was created using the null checksum mode'],
  [{}, {}, { ChecksumCRC64NVME: crc64OfAaa }, 'InvalidPart', 'One or more of the specified parts'],
  [{}, { ChecksumCRC64NVME: crc64OfAaa }, {}, 'NotImplemented', 'an upload that was created without one'],
])('of an upload with %j, a completion with %j and %j is refused with %s', async (...row) => {
  const [creation, completion, ofPart, name, message] = row;
  const { client, blobs, complete } = await uploaded(creation);
  await expect(complete(completion, ofPart)).rejects.toMatchObject({
    name,
    message: expect.stringContaining(message),
  });
  await expect(client.send(new HeadObjectCommand(testTarget))).rejects.toMatchObject({ name: 'NotFound' });
  expect(blobs()).toHaveLength(1);
});

test.each<[Creation, string, string]>([
  [{ ChecksumType: 'FULL_OBJECT' }, 'InvalidRequest', 'can only be used with the x-amz-checksum-algorithm'],
  [{ ...crc64, ChecksumType: 'COMPOSITE' }, 'InvalidRequest', 'The COMPOSITE checksum type cannot be used'],
  [
    { ...crc64, ChecksumAlgorithm: 'SHA256' },
    'InvalidRequest',
    'The FULL_OBJECT checksum type cannot be used',
  ],
  [{ ChecksumAlgorithm: 'XXHASH64' }, 'NotImplemented', 'XXHASH64'],
])('an upload with %j is refused with %s', async (creation, name, message) => {
  const { client } = await plainPlane();
  await expect(
    client.send(new CreateMultipartUploadCommand({ ...testTarget, ...creation })),
  ).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
});

test('the parts of an upload have its checksum, which composite ones must state', async () => {
  const { client, blobs } = await plainPlane();
  const begin = async (creation: Creation) => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...testTarget, ...creation }));
    return { ...testTarget, UploadId, PartNumber: 1, Body: 'aaa' };
  };
  const composite = await begin({ ChecksumAlgorithm: 'SHA256' });
  await expect(client.send(new UploadPartCommand(composite))).rejects.toMatchObject({
    message: 'Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: null',
  });
  const full = await begin(crc64);
  await expect(
    client.send(new UploadPartCommand({ ...full, ChecksumCRC32: 'AAAAAA==' })),
  ).rejects.toMatchObject({
    message:
      'Checksum Type mismatch occurred, expected checksum Type: crc64nvme, actual checksum Type: crc32',
  });
  expect(blobs()).toEqual([]);
});

test('a composite checksum is that of the checksums of the parts, which the completion must name', async () => {
  const { client } = await plainPlane();
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...testTarget, ChecksumAlgorithm: 'SHA256' }),
  );
  const upload = { ...testTarget, UploadId };
  const hash = createHash('sha256').update('aaa').digest();
  const ChecksumSHA256 = hash.toString('base64');
  const { ETag } = await client.send(
    new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'aaa', ChecksumSHA256 }),
  );
  const complete = (part: Readonly<Record<string, string>>) =>
    client.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag, ...part }] },
      }),
    );
  await expect(complete({})).rejects.toMatchObject({
    message:
      'The upload was created using a sha256 checksum. The complete request must include the checksum for each part. It was missing for part 1 in the request.',
  });
  const done = await complete({ ChecksumSHA256 });
  expect(done.ChecksumSHA256).toBe(`${createHash('sha256').update(hash).digest('base64')}-1`);
});
