import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { expect, test } from 'vitest';
import { startDataPlane } from '../fixture/data-plane.ts';
import { until } from '../fixture/until.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';

const testTarget = { Bucket: 'results', Key: 'k' };

async function plainPlane() {
  const dataDirectory = temporaryDirectory();
  const plane = await startDataPlane({ dataDirectory });
  const client = plane.s3Client(plane.keyOf('writer'), { requestChecksumCalculation: 'WHEN_REQUIRED' });
  const address = (Key = testTarget.Key) =>
    getSignedUrl(client, new PutObjectCommand({ ...testTarget, Key }), { expiresIn: 60 });
  return { ...plane, client, address, blobs: () => readdirSync(join(dataDirectory, 's3', 'blobs')) };
}

interface Upload {
  readonly headers?: OutgoingHttpHeaders;
  readonly body: Readable | Buffer;
  readonly agent?: Agent;
}

async function put(url: string, { headers = {}, body, agent }: Upload) {
  const outgoing = httpRequest(url, { method: 'PUT', headers, ...(agent && { agent }) });
  if (body instanceof Readable) body.pipe(outgoing);
  else outgoing.end(body);
  const [incoming]: IncomingMessage[] = await once(outgoing, 'response');
  const text = Buffer.concat((await incoming?.toArray()) ?? []).toString();
  if (body instanceof Readable) body.destroy();
  return { status: incoming?.statusCode, text };
}

/** A body that never ends. */
function endless(): Readable {
  return new Readable({
    read() {
      this.push(Buffer.alloc(65_536));
    },
  });
}

test.each(['PutObject', 'UploadPart'])('a client that breaks off an %s leaves no file', async (operation) => {
  const { client, address, blobs, failures } = await plainPlane();
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(testTarget));
  const part = new UploadPartCommand({ ...testTarget, UploadId, PartNumber: 1 });
  const url = new URL(operation === 'PutObject' ? await address() : await getSignedUrl(client, part));
  const socket = connect(Number(url.port), url.hostname);
  socket.write(
    `PUT ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Length: 1000000\r\n\r\n`,
  );
  socket.write(Buffer.alloc(500_000));
  await until('the upload starts', () => blobs().length === 1);
  socket.destroy();
  await until('its file is removed', () => blobs().length === 0);
  await expect(client.send(new GetObjectCommand(testTarget))).rejects.toMatchObject({ name: 'NoSuchKey' });
  expect(failures).toEqual([]);
});

test('a body that is shorter than its length is refused when the client has sent it', async () => {
  const { address, blobs, failures } = await plainPlane();
  const url = new URL(await address());
  const socket = connect(Number(url.port), url.hostname);
  socket.write(
    `PUT ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Length: 10\r\n\r\nshort`,
  );
  await until('the upload starts', () => blobs().length === 1);
  socket.end();
  const response = Buffer.concat(await socket.toArray()).toString();
  expect(response).toContain('HTTP/1.1 400');
  expect(response).toContain('<Code>IncompleteBody</Code>');
  await until('its file is removed', () => blobs().length === 0);
  expect(failures).toEqual([]);
});

test('an upload above 5 GiB is refused before its body is read', async () => {
  const { address, blobs } = await plainPlane();
  const headers = { 'content-length': String(5 * 1024 ** 3 + 1) };
  const { status, text } = await put(await address(), { headers, body: endless() });
  expect(status).toBe(400);
  expect(text).toContain('<Code>EntityTooLarge</Code>');
  expect(text).toContain(
    '<ProposedSize>5368709121</ProposedSize><MaxSizeAllowed>5368709120</MaxSizeAllowed>',
  );
  expect(blobs()).toEqual([]);
});

test('a body without a length is refused unless it is framed by AWS', async () => {
  const { address, client, blobs } = await plainPlane();
  const { status, text } = await put(await address(), { body: Readable.from(['chunk']) });
  expect(status).toBe(501);
  expect(text).toContain('<Code>NotImplemented</Code>');
  expect(text).toContain('<Header>Transfer-Encoding</Header>');
  expect(blobs()).toEqual([]);
  const framed = new PutObjectCommand({
    ...testTarget,
    Body: Readable.from([Buffer.alloc(100_000, 'a'), Buffer.alloc(3, 'b')]),
    ContentLength: 100_003,
    ChecksumAlgorithm: 'CRC64NVME',
  });
  expect((await client.send(framed)).ChecksumCRC64NVME).toBeTruthy();
  const got = await client.send(new GetObjectCommand(testTarget));
  expect(await got.Body?.transformToString()).toBe(`${'a'.repeat(100_000)}bbb`);
  expect(got.ContentEncoding).toBeUndefined();
});

test('the client of a refused upload receives the reason, and its connection can be used again', async () => {
  const { address } = await plainPlane();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const body = Buffer.alloc(3_000_000, 'x');
  const refused = await put(await address('frozen/1'), { agent, body });
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('explicit deny');
  const wrong = await put(await address(), {
    agent,
    body,
    headers: { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' },
  });
  expect(wrong.text).toContain('<Code>BadDigest</Code>');
  expect((await put(await address(), { agent, body })).status).toBe(200);
  agent.destroy();
});

test('a body that was changed in transit is refused and not stored', async () => {
  const { client, blobs } = await plainPlane();
  client.middlewareStack.add(
    (next) => (input) => {
      // The request is an HttpRequest of the SDK.
      Object.assign(input.request as object, { body: Buffer.from('changed') });
      return next(input);
    },
    { step: 'deserialize', priority: 'low' },
  );
  const sent = client.send(new PutObjectCommand({ ...testTarget, Body: 'genuine' }));
  await expect(sent).rejects.toMatchObject({ name: 'XAmzContentSHA256Mismatch' });
  expect(blobs()).toEqual([]);
});

test('the length of a streamed body is recorded', async () => {
  const { address, calls } = await plainPlane();
  await put(await address(), { body: Buffer.alloc(200_000) });
  expect(calls).toMatchObject([{ service: 's3', action: 'PutObject', requestBytes: 200_000, status: 200 }]);
});
