import type { LookupAddress } from 'node:dns';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ResolveAll } from '../../../aws/http/checked-lookup.ts';
import { webhookSender } from '../../../aws/http/webhook-sender.ts';
import { type Receiver, type ReceiverResponse, startReceiver } from '../../support/webhooks/receiver.ts';

const logged: string[] = [];
const log = {
  info: (_: string, { error }: { readonly error?: Error } = {}) => void logged.push(String(error)),
};
const loopback = { policy: { allowsLoopback: true }, log };
const publicOnly = { policy: { allowsLoopback: false }, log };
const content = { headers: { 'webhook-id': 'a/1' }, body: '{"a":"ü"}' };

const started: Array<{ stop(): Promise<unknown> }> = [];
afterEach(async () => {
  logged.length = 0;
  for (const each of started.splice(0)) await each.stop();
});

async function receiver(response: ReceiverResponse = { status: 204 }): Promise<Receiver> {
  const one = await startReceiver(() => response);
  started.push(one);
  return one;
}

/** A TCP server that accepts connections and responds with this text, byte for byte; it may end the connection then. */
async function rawServer(
  text: string,
  then?: 'end',
): Promise<{ readonly url: string; readonly connections: () => number }> {
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    socket.once('data', () => (then === 'end' ? socket.end(text) : socket.write(text)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  started.push({ stop: () => new Promise((resolve) => server.close(resolve)) });
  return { url: `http://127.0.0.1:${port}/`, connections: () => connections };
}

/** Resolves names to the given addresses, one list for each resolution. */
function resolving(
  ...answers: ReadonlyArray<readonly string[]>
): ResolveAll & { readonly count: () => number } {
  let count = 0;
  const resolve: ResolveAll = (_hostname, callback) => {
    const addresses = answers[Math.min(count, answers.length - 1)] ?? [];
    count += 1;
    callback(
      null,
      addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return Object.assign(resolve, { count: () => count });
}

describe('a request to a receiver', () => {
  test('is a POST with the body and the headers', async () => {
    const { url, requests } = await receiver({ status: 200, body: 'thanks' });
    expect(await webhookSender(loopback).post({ url, ...content })).toEqual({
      kind: 'response',
      status: 200,
      answer: 'thanks',
    });
    expect(requests).toMatchObject([
      { body: content.body, headers: { 'webhook-id': 'a/1', 'content-length': '10', connection: 'close' } },
    ]);
  });

  test('follows no redirect', async () => {
    const other = await receiver();
    const { url } = await receiver({ status: 307, headers: { location: other.url } });
    expect(await webhookSender(loopback).post({ url, ...content })).toMatchObject({ status: 307 });
    expect(other.requests).toEqual([]);
  });

  test('returns the header Retry-After', async () => {
    const { url } = await receiver({ status: 503, headers: { 'retry-after': '7' } });
    expect(await webhookSender(loopback).post({ url, ...content })).toMatchObject({ retryAfter: '7' });
  });

  test('reads at most 1,024 bytes of a body that never ends', async () => {
    const { url } = await rawServer(
      `HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n${'x'.repeat(5000)}`,
    );
    const response = await webhookSender(loopback).post({ url, ...content });
    expect(response).toEqual({ kind: 'response', status: 200, answer: 'x'.repeat(1024) });
  });

  test('succeeds by its status although the body does not arrive', async () => {
    const { url } = await rawServer('HTTP/1.1 204 No Content\r\n\r\n');
    expect(await webhookSender(loopback).post({ url, ...content })).toMatchObject({ status: 204 });
    const stalled = await rawServer('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc');
    expect(await webhookSender(loopback).post({ url: stalled.url, ...content })).toEqual({
      kind: 'response',
      status: 200,
      answer: 'abc',
    });
  });

  test('fails with headers above 16 KB', async () => {
    const { url } = await rawServer(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`);
    const response = await webhookSender(loopback).post({ url, ...content });
    expect(response).toEqual({ kind: 'error', error: 'The headers of the response are larger than 16 KB' });
  });

  test('fails without a response within its time limit', async () => {
    const { url } = await rawServer('');
    const response = await webhookSender({ ...loopback, timeoutMs: 50 }).post({ url, ...content });
    expect(response).toEqual({ kind: 'error', error: 'No response within 0.05 s' });
  });

  test('fails if the receiver changes the protocol, and keeps no connection', { timeout: 5000 }, async () => {
    const { url } = await rawServer(
      'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    );
    expect(await webhookSender(loopback).post({ url, ...content })).toEqual({
      kind: 'error',
      error: 'The receiver changed the protocol instead of a response',
    });
  });

  test('fails if the receiver closes the connection without a response', { timeout: 5000 }, async () => {
    const { url } = await rawServer('', 'end');
    expect(await webhookSender(loopback).post({ url, ...content })).toEqual({
      kind: 'error',
      error: 'The connection was closed without a response',
    });
  });

  test('ends when its caller aborts it', async () => {
    const { url } = await rawServer('');
    const response = await webhookSender(loopback).post({ url, ...content, signal: AbortSignal.abort() });
    expect(response).toMatchObject({ kind: 'error' });
  });

  test('fails if nothing listens', async () => {
    const { url, stop } = await startReceiver();
    await stop();
    const response = await webhookSender(loopback).post({ url, ...content });
    expect(response).toEqual({ kind: 'error', error: 'The connection was refused' });
    expect(logged).toEqual([expect.stringContaining('ECONNREFUSED 127.0.0.1')]);
  });

  test('fails if the certificate is not valid', async () => {
    const { url } = await receiver();
    const response = await webhookSender(loopback).post({ url: url.replace('http:', 'https:'), ...content });
    expect(response).toMatchObject({ kind: 'error', error: expect.stringContaining('The TLS connection') });
  });
});

describe('an address that is not public', () => {
  test.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '10.0.0.1', '169.254.169.254', '0x7f.1'])(
    'in the URL, %s, gets no connection',
    async (host) => {
      const { connections, url } = await rawServer('');
      const { port } = new URL(url);
      const response = await webhookSender(publicOnly).post({ url: `http://${host}:${port}/`, ...content });
      expect(response).toMatchObject({
        kind: 'error',
        error: 'The address of the host is not a public address',
      });
      expect(connections()).toBe(0);
    },
  );

  test.each([['127.0.0.1'], ['::1'], ['10.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['2600:1f18::1', 'fd00::1']])(
    'among those of a name, %s, gets no connection',
    async (...addresses) => {
      const { connections, url } = await rawServer('');
      const sender = webhookSender({ ...publicOnly, resolve: resolving(addresses) });
      const { port } = new URL(url);
      const response = await sender.post({ url: `http://receiver.example:${port}/`, ...content });
      expect(response).toMatchObject({
        kind: 'error',
        error: 'The address of the host is not a public address',
      });
      expect(logged).toEqual([expect.stringContaining('which is not a public address')]);
      expect(connections()).toBe(0);
    },
  );

  test('after an allowed one (rebinding) gets no connection: each request resolves its name once', async () => {
    const { url, requests } = await receiver();
    // An attacker's name server has a different answer each time; the second one would be that of the connection.
    const resolve = resolving(['127.0.0.1'], ['10.0.0.1'], ['127.0.0.1']);
    const sender = webhookSender({ ...loopback, resolve });
    const rebound = { url: `http://receiver.example:${new URL(url).port}/`, ...content };
    expect(await sender.post(rebound)).toMatchObject({ status: 204 });
    expect(resolve.count()).toBe(1);
    expect(await sender.post(rebound)).toEqual({
      kind: 'error',
      error: 'The address of the host is not a public address',
    });
    expect(logged).toEqual([expect.stringContaining('receiver.example resolves to 10.0.0.1')]);
    expect(resolve.count()).toBe(2);
    expect(requests).toHaveLength(1);
  });

  test('in a name connects to the address that was checked', async () => {
    const { url, requests } = await receiver();
    const sender = webhookSender({ ...loopback, resolve: resolving(['127.0.0.1']) });
    const response = await sender.post({ url: `http://receiver.example:${new URL(url).port}/`, ...content });
    expect(response).toMatchObject({ status: 204 });
    expect(requests[0]?.headers.host).toMatch(/^receiver\.example:/);
  });
});

test('no proxy of the environment is used', async () => {
  const proxy = await receiver();
  const { url, requests } = await receiver();
  for (const name of ['HTTP_PROXY', 'http_proxy']) vi.stubEnv(name, proxy.url);
  vi.stubEnv('NODE_USE_ENV_PROXY', '1');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await webhookSender(loopback).post({ url, ...content })).toMatchObject({ status: 204 });
  expect([proxy.requests.length, requests.length]).toEqual([0, 1]);
});
