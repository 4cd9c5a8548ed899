import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlAddress, readControlFile } from '../../bin/control/control-file.ts';
import { type ServiceProcess, spawnService } from '../support/local-service/service-process.ts';
import { type ListeningSocket, listeningSockets } from '../support/processes/listening-sockets.ts';

const apiKey = 'the-key-of-the-loopback-test';
let service: ServiceProcess;
let url: string;
let sockets: readonly ListeningSocket[];
const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-loopback-'));

beforeAll(async () => {
  service = spawnService({ dataDirectory, apiKey });
  url = await service.ready;
  sockets = listeningSockets(service.family());
});
afterAll(async () => {
  await service?.end();
  rmSync(dataDirectory, { recursive: true, force: true });
});

const isEngine = ({ command }: ListeningSocket) => command.includes('dynoxide');
const ours = () => sockets.filter((socket) => !isEngine(socket));

interface Reply {
  readonly status: number | undefined;
  readonly allowedOrigin: string | undefined;
}

/** `fetch` sets these headers itself. */
function getFrom(
  socket: ListeningSocket,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Reply> {
  const { host, port } = socket;
  return new Promise((resolve, reject) => {
    const outgoing = request({ host, port, path, headers }, (incoming) => {
      incoming.resume();
      const allowedOrigin = incoming.headers['access-control-allow-origin'];
      incoming.on('end', () => resolve({ status: incoming.statusCode, allowedOrigin }));
    });
    outgoing.on('error', reject).end();
  });
}

const urlOf = ({ host, port }: ListeningSocket) => `http://${host}:${port}`;

function control(): ControlAddress {
  const address = readControlFile(dataDirectory);
  if (address === undefined) throw new Error('the service has written no control file');
  return address;
}

const paths = ['/v1/health', '/_url/abc/', '/bucket/key', '/'];

describe('every socket that the service listens on', () => {
  test('is one of four, on loopback', () => {
    expect(ours()).toHaveLength(3);
    expect(ours().map(({ host }) => host)).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
    expect(ours().map(urlOf)).toEqual(expect.arrayContaining([url, control().url]));
    expect(sockets.filter(isEngine)).toHaveLength(1);
  });

  test('has a random address of 127.0.0.0/8 when it serves the tables, which check no caller', () => {
    const [engine] = sockets.filter(isEngine);
    expect(engine?.host).toMatch(/^127\./);
    expect(engine?.host).not.toBe('127.0.0.1');
  });

  test.each([
    'attacker.example',
    'attacker.example:4510',
    '127.0.0.1.attacker.example',
    'localhost.',
    '127.0.0.2',
  ])('refuses a request for the host %j', async (host) => {
    for (const socket of ours())
      for (const path of paths)
        expect(await getFrom(socket, path, { host, 'x-api-key': apiKey })).toEqual({ status: 421 });
  });

  test.each([
    'https://attacker.example',
    'http://127.0.0.1.attacker.example',
    'null',
    'http://localhost@attacker.example',
  ])('refuses a request from the origin %j', async (origin) => {
    for (const socket of ours())
      for (const path of paths) {
        const headers = { host: `127.0.0.1:${socket.port}`, origin, 'x-api-key': apiKey };
        expect(await getFrom(socket, path, headers)).toEqual({ status: 403 });
      }
  });

  test.each(['127.0.0.1', 'localhost:1', 'LOCALHOST', '[::1]:4510'])(
    'responds on the host %j',
    async (host) => {
      for (const socket of ours()) {
        // The endpoint of AWS requires a signature, and the control server its token.
        const status = { [url]: 200, [control().url]: 401 }[urlOf(socket)] ?? 403;
        const headers = { host, origin: 'http://localhost:5173', 'x-api-key': apiKey };
        expect(await getFrom(socket, '/v1/health', headers)).toEqual({ status });
      }
    },
  );

  test('responds to requests with the token of the control file when it controls the service', async () => {
    const { url: controlUrl, token } = control();
    const socket = ours().find((one) => urlOf(one) === controlUrl);
    if (socket === undefined) throw new Error(`no socket is ${controlUrl}`);
    const get = (authorization: string) => getFrom(socket, '/health', { host: '127.0.0.1', authorization });
    expect(await get(`Bearer ${token}`)).toEqual({ status: 200 });
    expect(await get(`Bearer ${token}x`)).toEqual({ status: 401 });
    expect(await get(`Bearer ${apiKey}`)).toEqual({ status: 401 });
  });
});
