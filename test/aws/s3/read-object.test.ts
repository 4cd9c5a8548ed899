import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lazyS3Client } from '../../../aws/clients/s3-client.ts';
import { s3ObjectStore } from '../../../aws/s3/s3-object-store.ts';
import { testCredentials } from '../../support/local-service/errand-table.ts';

const announcedBytes = 120_000_000;
let server: Server;
let sentBytes: number;
let closed: Promise<unknown>;

/** An endpoint that sends 120 MB as fast as the reader receives them, with a checksum that the SDK would verify. */
beforeEach(async () => {
  sentBytes = 0;
  const { promise, resolve } = Promise.withResolvers<unknown>();
  closed = promise;
  server = createServer((_, response) => {
    response.once('close', resolve);
    response.writeHead(200, {
      'content-length': announcedBytes,
      'content-type': 'application/json',
      'x-amz-checksum-crc32': 'AAAAAA==',
    });
    const send = (): void => {
      while (!response.destroyed && sentBytes < announcedBytes) {
        sentBytes += 1_000_000;
        if (!response.write(Buffer.alloc(1_000_000, ' '))) return void response.once('drain', send);
      }
    };
    send();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('a body that the reader refuses is not received, and its connection is closed', async () => {
  const { port } = server.address() as AddressInfo; // a listening TCP server has one
  const endpoint = `http://127.0.0.1:${port}`;
  const client = lazyS3Client({ endpoint, region: 'us-east-1', credentials: testCredentials });
  const store = s3ObjectStore({ client, bucketName: 'results' });
  const object = await store.get('large', ({ sizeBytes }) => sizeBytes <= 4_194_304);
  await closed;
  expect(object).toEqual({ sizeBytes: announcedBytes, mediaType: 'application/json' });
  expect(sentBytes).toBeLessThan(announcedBytes / 4);
  (await client()).destroy();
});
