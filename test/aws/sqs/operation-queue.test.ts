import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { lazySqsClient } from '../../../aws/clients/sqs-client.ts';
import { operationQueue, readMessage } from '../../../aws/sqs/operation-queue.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';

const key = { tenant: 'local', operationId: jobIdAt(1) };

test('sends an operation to the endpoint of the client, with the delay and the URL of its queue', async () => {
  const received: unknown[] = [];
  const accept = async (request: IncomingMessage, response: ServerResponse) => {
    received.push([request.headers['x-amz-target'], await json(request)]);
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    // The SDK compares the digest of the body.
    const digest = createHash('md5').update(JSON.stringify(key)).digest('hex');
    response.end(JSON.stringify({ MessageId: '1', MD5OfMessageBody: digest }));
  };
  const server = createServer((request, response) => void accept(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
  const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/111122223333/operations';
  try {
    const client = lazySqsClient({ region: 'eu-central-1', endpoint, credentials });
    await operationQueue({ client, queueUrl }).send(key, 45);
  } finally {
    server.close();
    server.closeAllConnections();
  }
  expect(received).toEqual([
    ['AmazonSQS.SendMessage', { QueueUrl: queueUrl, DelaySeconds: 45, MessageBody: JSON.stringify(key) }],
  ]);
});

test('reads the operation from a message, and refuses any other text', () => {
  expect(readMessage(JSON.stringify({ ...key, other: 1 }))).toEqual(key);
  for (const text of ['', '{}', '{"tenant":"local"}', JSON.stringify({ ...key, operationId: 7 })])
    expect(() => readMessage(text), text).toThrow();
});
