import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Errand } from '../../../client/index.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

/** What the proxy does with a request, instead of passing it on unchanged. */
type Fault = 'cut' | 'unavailable' | 'lost' | undefined;

let service: TestErrand;
beforeAll(async () => {
  service = await startTestErrand();
});
afterAll(() => service?.end());

/** A proxy in front of the service; `faultOf` chooses the fault of each request. */
async function startProxy(faultOf: (request: IncomingMessage, number: number) => Fault) {
  let requests = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests += 1;
    const fault = faultOf(request, requests);
    if (fault === 'lost') return void request.socket.destroy();
    if (fault === 'unavailable') return void response.writeHead(503).end('<html>');
    const body = request.method === 'GET' ? null : await text(request);
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await fetch(`${service.url}${request.url}`, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      body,
    });
    const { 'content-encoding': _e, 'transfer-encoding': _t, ...passed } = Object.fromEntries(answer.headers);
    response.writeHead(answer.status, passed);
    if (fault === 'cut') {
      const reader = answer.body?.getReader();
      const { value } = (await reader?.read()) ?? {};
      response.write(value?.slice(0, Math.ceil((value.length * (requests % 7)) / 7)) ?? '');
      await reader?.cancel();
      return void setTimeout(() => response.destroy(), 20);
    }
    response.end(Buffer.from(await answer.arrayBuffer()));
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    errand: new Errand({ url: `http://127.0.0.1:${port}`, apiKey: service.apiKey }),
    requests: () => requests,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const parameters = { sleepSeconds: 0.3 };
const expected = ['pending', 'executing', 'succeeded'];

test('events arrive once and in order from a stream', async () => {
  const errand = new Errand({ url: service.url, apiKey: service.apiKey });
  const job = await errand.jobs.submit({ service: 'echo', parameters });
  const events = await Array.fromAsync(job.events());
  expect(events.map(({ data }) => data.status)).toEqual(expected);
});

test('events arrive once and in order although streams are cut, connections are lost and 503 is returned', async () => {
  const faults: readonly Fault[] = ['cut', 'unavailable', 'cut', 'lost', 'cut', 'cut'];
  const isStream = ({ headers }: IncomingMessage) => headers.accept === 'text/event-stream';
  const proxy = await startProxy((request, number) =>
    isStream(request) && number < 20 ? faults[number % faults.length] : undefined,
  );
  try {
    const job = await proxy.errand.jobs.submit({ service: 'echo', parameters });
    const events = await Array.fromAsync(job.events());
    expect(events.map(({ data }) => data.status)).toEqual(expected);
  } finally {
    proxy.stop();
  }
});

/** Every fifth request gets its response. */
const storm: readonly Fault[] = [undefined, 'unavailable', 'lost', 'cut', 'unavailable'];

test('a submission and a wait outlast a storm of 503 and lost connections, and create one job', async () => {
  const proxy = await startProxy((_, number) => storm[number % storm.length]);
  const tags = ['storm'];
  try {
    const job = await proxy.errand.jobs.submit({ service: 'echo', tags, parameters }).wait();
    expect(job.status).toBe('succeeded');
    expect(proxy.requests()).toBeGreaterThan(4);
  } finally {
    proxy.stop();
  }
  const direct = new Errand({ url: service.url, apiKey: service.apiKey });
  await expect.poll(() => Array.fromAsync(direct.jobs.query({ tag: 'storm' }))).toHaveLength(1);
});

test('a wait whose requests are never answered ends after its time', async () => {
  const proxy = await startProxy(({ method }) => (method === 'GET' ? 'lost' : undefined));
  try {
    const job = await proxy.errand.jobs.submit({ service: 'echo', parameters });
    await expect(job.wait({ timeoutSeconds: 1 })).rejects.toMatchObject({ name: 'WaitTimeout' });
  } finally {
    proxy.stop();
  }
});

test('an iteration of events ends with the reason of its signal', async () => {
  const errand = new Errand({ url: service.url, apiKey: service.apiKey });
  const job = await errand.jobs.submit({ service: 'echo', parameters: { sleepSeconds: 150 } });
  const stop = new AbortController();
  const reason = new Error('enough');
  await expect(async () => {
    for await (const { data } of job.events({ signal: stop.signal }))
      if (data.status === 'executing') stop.abort(reason);
  }).rejects.toBe(reason);
  await job.abort();
});
