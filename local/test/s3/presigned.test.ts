import { createHash } from 'node:crypto';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, test } from 'vitest';
import { startDataPlane } from '../fixture/data-plane.ts';
import { dataModel } from '../fixture/data-stack.ts';

const testTarget = { Bucket: 'results', Key: 'k' };
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');

async function plainClient(plane: Awaited<ReturnType<typeof startDataPlane>>) {
  return plane.s3Client(plane.keyOf('writer'), { requestChecksumCalculation: 'WHEN_REQUIRED' });
}

describe('a presigned upload with signed headers', () => {
  async function signedUpload() {
    const client = await plainClient(await startDataPlane());
    const command = new PutObjectCommand({
      ...testTarget,
      ContentLength: 5,
      IfNoneMatch: '*',
      ChecksumSHA256: sha256('hello'),
    });
    const unhoistableHeaders = new Set(['x-amz-checksum-sha256']);
    const signableHeaders = new Set(['content-length', 'if-none-match', 'x-amz-checksum-sha256', 'host']);
    const url = await getSignedUrl(client, command, { expiresIn: 60, unhoistableHeaders, signableHeaders });
    expect(new URL(url).searchParams.get('X-Amz-SignedHeaders')).toBe(
      'content-length;host;if-none-match;x-amz-checksum-sha256',
    );
    const put = async (body: string, headers: Record<string, string>) => {
      const response = await fetch(url, { method: 'PUT', headers, body });
      return { status: response.status, text: await response.text() };
    };
    return { client, put, headers: { 'if-none-match': '*', 'x-amz-checksum-sha256': sha256('hello') } };
  }

  test('stores what was signed, once', async () => {
    const { client, put, headers } = await signedUpload();
    expect((await put('hello', headers)).status).toBe(200);
    const head = await client.send(new HeadObjectCommand({ ...testTarget, ChecksumMode: 'ENABLED' }));
    expect(head.ChecksumSHA256).toBe(sha256('hello'));
    const again = await put('hello', headers);
    expect([again.status, again.text.includes('PreconditionFailed')]).toEqual([412, true]);
  });

  test('is refused with another length, other bytes, or without a signed header', async () => {
    const { client, put, headers } = await signedUpload();
    const { 'if-none-match': _, ...unconditional } = headers;
    const { 'x-amz-checksum-sha256': __, ...unverified } = headers;
    for (const [body, sent, code] of [
      ['longer', headers, 'SignatureDoesNotMatch'],
      ['HELLO', headers, 'BadDigest'],
      ['HELLO', { ...headers, 'x-amz-checksum-sha256': sha256('HELLO') }, 'SignatureDoesNotMatch'],
      ['hello', unconditional, 'SignatureDoesNotMatch'],
      ['hello', unverified, 'SignatureDoesNotMatch'],
    ] as const) {
      expect((await put(body, sent)).text).toContain(`<Code>${code}</Code>`);
    }
    await expect(client.send(new HeadObjectCommand(testTarget))).rejects.toMatchObject({ name: 'NotFound' });
  });
});

test('metadata in the query of a presigned URL is honoured, a checksum there is ignored, as S3 does', async () => {
  const plane = await startDataPlane();
  const client = plane.s3Client(plane.keyOf('writer'));
  const command = new PutObjectCommand({ ...testTarget, Metadata: { owner: 'me' } });
  const url = await getSignedUrl(client, command, { expiresIn: 60 });
  expect(new URL(url).searchParams.get('x-amz-checksum-crc32')).toBe('AAAAAA==');
  expect((await fetch(url, { method: 'PUT', body: 'aaa' })).status).toBe(200);
  const head = await client.send(new HeadObjectCommand({ ...testTarget, ChecksumMode: 'ENABLED' }));
  expect(head).toMatchObject({ Metadata: { owner: 'me' }, ChecksumCRC64NVME: 'Rnr2/5P7Gsk=' });
  expect(head.ChecksumCRC32).toBeUndefined();
});

test('an unsupported header in the query of a presigned URL is refused', async () => {
  const client = await plainClient(await startDataPlane());
  const url = await getSignedUrl(client, new PutObjectCommand({ ...testTarget, Tagging: 'a=b' }));
  const response = await fetch(url, { method: 'PUT', body: 'aaa' });
  expect(response.status).toBe(501);
  expect(await response.text()).toContain('x-amz-tagging');
});

test('a presigned download has the headers that its URL requests', async () => {
  const client = await plainClient(await startDataPlane());
  await client.send(new PutObjectCommand({ ...testTarget, Body: 'aaa' }));
  const command = new GetObjectCommand({
    ...testTarget,
    ResponseContentDisposition: `attachment; filename*=UTF-8''%C3%BC.csv`,
    ResponseContentType: 'text/csv',
  });
  const response = await fetch(await getSignedUrl(client, command));
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename*=UTF-8''%C3%BC.csv`);
  expect(response.headers.get('content-type')).toBe('text/csv');
});

test('the policy of a bucket can refuse old presigned URLs', async () => {
  const model = dataModel(undefined, {
    Young: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'Bucket' },
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Deny',
              Principal: { AWS: '*' },
              Action: 's3:*',
              Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/*']] },
              Condition: { NumericGreaterThan: { 's3:signatureAge': '900000' } },
            },
          ],
        },
      },
    },
  });
  const plane = await startDataPlane({ model });
  const client = await plainClient(plane);
  await client.send(new PutObjectCommand({ ...testTarget, Body: 'aaa' }));
  const statusAt = async (ageMs: number) => {
    const signingDate = new Date(Date.now() - ageMs);
    const options = { expiresIn: 3600, signingDate };
    return (await fetch(await getSignedUrl(client, new GetObjectCommand(testTarget), options))).status;
  };
  expect(await statusAt(0)).toBe(200);
  expect(await statusAt(840_000)).toBe(200);
  expect(await statusAt(902_000)).toBe(403);
});
