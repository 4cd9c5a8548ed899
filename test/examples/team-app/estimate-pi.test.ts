import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';

const program = join(import.meta.dirname, '..', '..', '..', 'examples', 'team-app', 'estimate-pi', 'main.py');
const parameters = { points: 1000, seed: 1 };

interface Report {
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** Worker routes that record all reports; the response to each is `statusOf` its number, from 1. */
async function workerRoutes(statusOf: (report: number) => number, abort = false) {
  const reports: Report[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { url: path = '', method, headers } = request;
    reports.push({ path, headers, body: method === 'POST' ? await json(request) : undefined });
    response.writeHead(statusOf(reports.length), { 'content-type': 'application/json' });
    response.end(JSON.stringify(method === 'GET' ? parameters : { abort }));
  };
  const server = createServer((request, response) => void respond(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => void (await server[Symbol.asyncDispose]()));
  const { port } = server.address() as AddressInfo; // a TCP server has one
  return { reports, url: `http://127.0.0.1:${port}/v1/worker/jobs/x` };
}

async function runContainer(url: string, variables: Readonly<Record<string, string>> = {}) {
  const child = spawn('python3', ['-u', '-B', program], {
    env: {
      PATH: process.env['PATH'],
      ERRAND_WORKER_URL: url,
      ERRAND_WORKER_TOKEN: 'ew_secret',
      AWS_BATCH_JOB_ID: 'batch-1',
      ...variables,
    },
  });
  const [[code], output, errors] = await Promise.all([
    once(child, 'close') as Promise<[number]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, output, errors };
}

const inEnvironment = { ERRAND_PARAMETERS: JSON.stringify(parameters) };

test('the container reports its progress and its result', async () => {
  const { reports, url } = await workerRoutes(() => 200);
  expect(await runContainer(url, inEnvironment)).toMatchObject({ code: 0, errors: '' });
  expect(reports.map(({ path }) => path.split('/').at(-1))).toEqual([
    ...Array.from({ length: 10 }, () => 'progress'),
    'complete',
  ]);
  expect(reports[9]?.body).toEqual({ stepsTotal: 10, stepsCompleted: 10 });
  expect(reports[10]?.headers).toMatchObject({
    authorization: 'Bearer ew_secret',
    'errand-worker-id': 'batch-1',
  });
  expect(reports[10]?.body).toEqual({ result: { pi: expect.closeTo(Math.PI, 0) } });
});

test('the container requests parameters that are not in its environment', async () => {
  const { reports, url } = await workerRoutes(() => 200);
  expect(await runContainer(url)).toMatchObject({ code: 0 });
  expect(reports[0]).toMatchObject({ path: '/v1/worker/jobs/x/parameters', body: undefined });
  expect(reports.at(-1)?.path).toBe('/v1/worker/jobs/x/complete');
});

test('the container stops when its job is aborted', async () => {
  const { reports, url } = await workerRoutes(() => 200, true);
  expect(await runContainer(url, inEnvironment)).toMatchObject({ code: 0, output: 'The job was aborted\n' });
  expect(reports).toHaveLength(1);
});

test('the container stops when its attempt is over', async () => {
  const { reports, url } = await workerRoutes(() => 409);
  expect(await runContainer(url, inEnvironment)).toMatchObject({ code: 0, output: 'The attempt is over\n' });
  expect(reports).toHaveLength(1);
});
