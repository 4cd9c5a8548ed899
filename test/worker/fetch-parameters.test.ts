import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { fetchParameters, fetchPausesMilliseconds } from '../../worker/attempt/fetch-parameters.ts';
import { defineService } from '../../worker/lambda/define-service.ts';
import { envelopeSample } from './envelope-sample.ts';

type Respond = (outgoing: ServerResponse) => void;

const stops: (() => Promise<unknown>)[] = [];
const shortPauses = [1, 1, 1];

/** A store that sends these responses in turn, and repeats the last one. */
async function storeResponding(...responses: Respond[]): Promise<{ url: string; count: () => number }> {
  let requests = 0;
  const server = createServer((_, outgoing) => {
    const respond = responses[Math.min(requests, responses.length - 1)];
    requests += 1;
    respond?.(outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  // A server that listens on a port has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/p?X-Amz-Signature=secret`, count: () => requests };
}

function json(text: string): Respond {
  return (outgoing) => outgoing.writeHead(200, { 'content-type': 'application/json' }).end(text);
}

function status(code: number): Respond {
  return (outgoing) => outgoing.writeHead(code).end('<Error/>');
}

const dropped: Respond = (outgoing) => outgoing.destroy();

const halfABody: Respond = (outgoing) => {
  outgoing.writeHead(200, { 'content-length': '100' });
  outgoing.write('{"a":', () => outgoing.destroy());
};

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

describe('fetchParameters', () => {
  test('reads JSON of any kind', async () => {
    expect(await fetchParameters((await storeResponding(json('{"a":[1]}'))).url)).toEqual({ a: [1] });
    expect(await fetchParameters((await storeResponding(json('null'))).url)).toBeNull();
  });

  test.each([
    ['500', status(500)],
    ['503', status(503)],
    ['429', status(429)],
    ['408', status(408)],
    ['a dropped connection', dropped],
    ['half a body', halfABody],
  ])('retries after %s', async (_, fault) => {
    const store = await storeResponding(fault, fault, fault, json('7'));
    expect(await fetchParameters(store.url, shortPauses)).toBe(7);
    expect(store.count()).toBe(4);
  });

  test('gives up after four tries with a failure that requests another attempt', async () => {
    const store = await storeResponding(status(503));
    await expect(fetchParameters(store.url, shortPauses)).rejects.toMatchObject({
      name: 'ServiceFailure',
      message: 'The parameters could not be read: all 4 tries failed, the last with status 503.',
      type: 'parameters-unavailable',
      retryable: true,
    });
    expect(store.count()).toBe(4);
    expect(fetchPausesMilliseconds).toHaveLength(3);
  });

  test('names the error of the connection, never the URL', async () => {
    const { url } = await storeResponding(dropped);
    await stops.pop()?.();
    const error: unknown = await fetchParameters(url, shortPauses).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining('ECONNREFUSED'), retryable: true });
    expect(String(error)).not.toContain('secret');
  });

  test.each([
    [403, true],
    [404, false],
  ])('does not retry after %i', async (code, retryable) => {
    const store = await storeResponding(status(code));
    await expect(fetchParameters(store.url, shortPauses)).rejects.toMatchObject({
      message: `The parameters could not be read: the request for them failed with status ${code}.`,
      retryable,
    });
    expect(store.count()).toBe(1);
  });

  test('refuses invalid JSON, without showing it', async () => {
    const store = await storeResponding(json('{"password":'));
    const error: unknown = await fetchParameters(store.url, shortPauses).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining('12 characters'), retryable: false });
    expect(String(error)).not.toContain('password');
    expect(store.count()).toBe(1);
  });
});

describe('defineService with parametersUrl', () => {
  test('calls the service with the fetched parameters', async () => {
    const { url } = await storeResponding(json('{"a":1}'));
    const handler = defineService(({ parameters }) => parameters);
    expect(await handler({ ...envelopeSample, parametersUrl: url })).toEqual({ a: 1 });
  });

  test('ends in a wire failure without calling the service when they cannot be fetched', async () => {
    const { url } = await storeResponding(status(404));
    let runs = 0;
    const handler = defineService(() => ++runs);
    const error: unknown = await handler({ ...envelopeSample, parametersUrl: url }).catch((e: unknown) => e);
    expect(error).toMatchObject({
      name: 'ServiceFailure',
      message: expect.stringContaining('"retryable":false'),
    });
    expect(runs).toBe(0);
  });
});
