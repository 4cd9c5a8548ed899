import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { expect, test } from 'vitest';
import { startS3Process } from '../fixture/s3-process.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';

const mebibyte = 1024 * 1024;
const sizeBytes = 300 * mebibyte;
const partBytes = 100 * mebibyte;
const Bucket = 'results';

/** Observes the resident memory of a process until the returned function is called, which returns the largest growth. */
function watchMemory(pid: number): () => number {
  const residentBytes = () =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  const before = residentBytes();
  let largest = before;
  const timer = setInterval(() => {
    largest = Math.max(largest, residentBytes());
  }, 20);
  return () => {
    clearInterval(timer);
    return Math.max(largest, residentBytes()) - before;
  };
}

/** The bytes of the object from `first` on. Each mebibyte starts with its number. */
function* content(first: number, length: number): Generator<Buffer> {
  for (let at = first; at < first + length; at += mebibyte) {
    const bytes = Buffer.alloc(mebibyte, 'x');
    bytes.writeUInt32BE(at / mebibyte);
    yield bytes;
  }
}

/** Sends bytes to a presigned address and returns the ETag. */
async function send(url: string, bytes: Iterable<Buffer>, length: number): Promise<string> {
  const outgoing = httpRequest(url, { method: 'PUT', headers: { 'content-length': length } });
  Readable.from(bytes).pipe(outgoing);
  const [incoming] = await once(outgoing, 'response');
  expect(incoming.statusCode).toBe(200);
  incoming.resume();
  return String(incoming.headers.etag);
}

function digest(bytes: Iterable<Buffer>): string {
  const hash = createHash('sha256');
  for (const each of bytes) hash.update(each);
  return hash.digest('hex');
}

async function digestOf(client: S3Client, Key: string, Range?: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, Range }));
  const hash: Hash = createHash('sha256');
  for await (const chunk of Body as Readable) hash.update(chunk); // a Readable in Node.js
  return hash.digest('hex');
}

test('objects of 300 MiB are uploaded, joined and read in less than 100 MiB of memory', async () => {
  const { client, pid } = await startS3Process(temporaryDirectory());
  await client.send(new PutObjectCommand({ Bucket, Key: 'first', Body: 'loads what is loaded once' }));
  const growth = watchMemory(pid);

  const whole = new PutObjectCommand({ Bucket, Key: 'whole' });
  await send(await getSignedUrl(client, whole), content(0, sizeBytes), sizeBytes);

  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({
      ...{ Bucket, Key: 'joined', ChecksumAlgorithm: 'CRC64NVME' },
      ChecksumType: 'FULL_OBJECT',
    }),
  );
  const upload = { Bucket, Key: 'joined', UploadId };
  const Parts = await Promise.all(
    [0, 1, 2].map(async (index) => {
      const part = new UploadPartCommand({ ...upload, PartNumber: index + 1 });
      const bytes = content(index * partBytes, partBytes);
      return { PartNumber: index + 1, ETag: await send(await getSignedUrl(client, part), bytes, partBytes) };
    }),
  );
  await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));

  const heads = await Promise.all(
    ['whole', 'joined'].map((Key) =>
      client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' })),
    ),
  );
  expect(heads.map(({ ContentLength }) => ContentLength)).toEqual([sizeBytes, sizeBytes]);
  expect(heads[0]?.ChecksumCRC64NVME).toBeTruthy();
  expect(heads[1]?.ChecksumCRC64NVME).toBe(heads[0]?.ChecksumCRC64NVME);

  const range = `bytes=${50 * mebibyte}-${250 * mebibyte - 1}`;
  expect(await digestOf(client, 'joined', range)).toBe(digest(content(50 * mebibyte, 200 * mebibyte)));
  expect(await digestOf(client, 'whole')).toBe(digest(content(0, sizeBytes)));
  expect(growth()).toBeLessThan(100 * mebibyte);
}, 300_000);
