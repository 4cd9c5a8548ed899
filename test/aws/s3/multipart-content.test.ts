import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { lazyS3Client } from '../../../aws/clients/s3-client.ts';
import { s3ContentStore } from '../../../aws/s3/s3-content-store.ts';
import { testCredentials } from '../../support/local-service/errand-table.ts';

interface ReceivedRequest {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A content store whose S3 responds with the given function. */
async function storeWith(respond: (response: ServerResponse, request: ReceivedRequest) => void) {
  const requests: ReceivedRequest[] = [];
  const server = createServer((incoming, response) => {
    void incoming.toArray().then((chunks: Buffer[]) => {
      const { url = '', headers } = incoming;
      const request = { url, headers, body: Buffer.concat(chunks).toString() };
      requests.push(request);
      respond(response, request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a listening TCP server has one
  const endpoint = `http://127.0.0.1:${port}`;
  const client = lazyS3Client({ endpoint, region: 'us-east-1', credentials: testCredentials });
  onTestFinished(async () => {
    (await client()).destroy();
    server.closeAllConnections();
    server.close();
  });
  return { store: s3ContentStore({ client, bucketName: 'results' }), requests };
}

function sendError(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>m</Message></Error>`,
  );
}

const completion = {
  parts: [{ number: 1, etag: 'abc' }],
  sizeBytes: 5,
  crc64nvme: 'rosUhgp5mIg=',
  timeoutMs: 20_000,
};
const listedPart =
  '<ListPartsResult><IsTruncated>false</IsTruncated><Part><PartNumber>1</PartNumber><Size>5</Size><ETag>"abc"</ETag></Part></ListPartsResult>';

test('an upload begins with the CRC-64/NVME of the whole content as its checksum', async () => {
  const { store, requests } = await storeWith((response) =>
    response.end('<InitiateMultipartUploadResult><UploadId>up-1</UploadId></InitiateMultipartUploadResult>'),
  );
  expect(await store.beginParts('key')).toBe('up-1');
  expect(requests[0]?.headers).toMatchObject({
    'x-amz-checksum-algorithm': 'CRC64NVME',
    'x-amz-checksum-type': 'FULL_OBJECT',
  });
});

test('a completion contains parts, size and checksum, and the condition that no content exists', async () => {
  const { store, requests } = await storeWith((response) =>
    response.end('<CompleteMultipartUploadResult><Key>key</Key></CompleteMultipartUploadResult>'),
  );
  expect(await store.completeParts('key', 'up-1', completion)).toBe('completed');
  expect(requests[0]?.url).toContain('uploadId=up-1');
  expect(requests[0]?.body).toMatch(/<ETag>(?:"|&quot;)abc(?:"|&quot;)<\/ETag><PartNumber>1<\/PartNumber>/);
  expect(requests[0]?.headers).toMatchObject({
    'x-amz-checksum-crc64nvme': 'rosUhgp5mIg=',
    'x-amz-checksum-type': 'FULL_OBJECT',
    'x-amz-mp-object-size': '5',
    'if-none-match': '*',
  });
});

test.each([
  [404, 'NoSuchUpload', 'missing-upload'],
  [400, 'InvalidPart', 'invalid-parts'],
  [400, 'InvalidPartOrder', 'invalid-parts'],
  [400, 'EntityTooSmall', 'invalid-parts'],
  [400, 'BadDigest', 'wrong-checksum'],
  [412, 'PreconditionFailed', 'completed'],
  [409, 'ConditionalRequestConflict', 'pending'],
  [500, 'InternalError', 'pending'],
  [503, 'SlowDown', 'pending'],
  [200, 'InternalError', 'pending'],
  [200, 'InvalidPart', 'invalid-parts'],
])('the response %i with the error %s means %s', async (status, code, outcome) => {
  const { store } = await storeWith((response) => sendError(response, status, code));
  expect(await store.completeParts('key', 'up-1', completion)).toBe(outcome);
});

test('an invalid request is a wrong size only if the sizes of the parts differ from it', async () => {
  const { store } = await storeWith((response, { url }) => {
    if (url.includes('x-id=ListParts')) response.end(listedPart);
    else sendError(response, 400, 'InvalidRequest');
  });
  expect(await store.completeParts('key', 'up-1', { ...completion, sizeBytes: 6 })).toBe('wrong-size');
  await expect(store.completeParts('key', 'up-1', completion)).rejects.toMatchObject({
    name: 'InvalidRequest',
  });
});

test.each([
  ['sends nothing', () => {}],
  [
    'has only sent the beginning of its response',
    (response: ServerResponse) =>
      void response.writeHead(200).write('<?xml version="1.0" encoding="UTF-8"?>\n'),
  ],
])('a completion is pending when S3 %s in time', async (_, respond) => {
  const { store } = await storeWith(respond);
  expect(await store.completeParts('key', 'up-1', { ...completion, timeoutMs: 200 })).toBe('pending');
});

test('an unknown error is thrown', async () => {
  const { store } = await storeWith((response) => sendError(response, 403, 'AccessDenied'));
  await expect(store.completeParts('key', 'up-1', completion)).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});
