import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, onTestFinished, test } from 'vitest';
import { bundleEntry } from '../../../infra/bundling/bundle-entry.ts';
import { workerServer } from '../worker-call.ts';

const rootDirectory = resolve(import.meta.dirname, '../../..');

/** The program as one module, because to load TypeScript takes as much memory as the program itself. */
async function bundledProgram(): Promise<string> {
  const entryFile = 'test/worker/data/fixture/copy-program.ts';
  const [only] = await bundleEntry({ rootDirectory, entryFile });
  const folder = mkdtempSync(join(tmpdir(), 'errand-copy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'program.mjs');
  writeFileSync(file, only?.contents ?? '');
  return file;
}

const block = randomBytes(1_048_576);
const blocks = 400;
const sizeBytes = blocks * block.byteLength;

/** The content, which is larger than the memory of the program may become. */
function* content() {
  for (let count = 0; count < blocks; count += 1) yield block;
}

function sha256(): string {
  const hash = createHash('sha256');
  for (const chunk of content()) hash.update(chunk);
  return hash.digest('hex');
}

/** Sends the content in response to a GET, and counts the bytes of a PUT instead of storing them. */
async function startStore() {
  let storedBytes = 0;
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    if (incoming.method === 'GET') {
      outgoing.writeHead(200, { 'content-length': sizeBytes, etag: '"source"' });
      return pipeline(Readable.from(content()), outgoing);
    }
    for await (const chunk of incoming) storedBytes += (chunk as Buffer).byteLength;
    outgoing.writeHead(200, { etag: '"part"' }).end();
  };
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a port has an AddressInfo.
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    storedBytes: () => storedBytes,
  };
}

test('a service copies 400 MiB from an input to an output within the memory of a small function', async () => {
  const { origin, storedBytes } = await startStore();
  const server = await workerServer(({ method, route }) => {
    const source = { id: 'a', name: 'a', mediaType: 'text/plain', sizeBytes, url: `${origin}/a` };
    if (route === '/inputs') return { body: { source: [source] } };
    if (route === '/outputs/copy')
      return { body: { id: 'b', upload: { partSizeBytes: 16_777_216, partsUrl: '/' }, abort: false } };
    if (method === 'POST')
      return route.endsWith('/b/complete') ? { body: { id: 'b', sizeBytes, abort: false } } : undefined;
    const from = Number(new URLSearchParams(route.split('?')[1]).get('from'));
    const items = Array.from({ length: 16 }, (_, index) => ({
      number: from + index,
      url: `${origin}/b/${from + index}`,
    }));
    return { body: { items } };
  });
  const child = spawn(process.execPath, [await bundledProgram()], {
    env: {
      ERRAND_JOB_ID: 'the-job',
      ERRAND_ATTEMPT: '1',
      ERRAND_WORKER_URL: server.url,
      ERRAND_WORKER_TOKEN: server.token,
      ERRAND_PARAMETERS: '{}',
    },
    stdio: 'inherit',
  });
  await once(child, 'close');
  const { result } = JSON.parse(server.to('/complete')[0]?.text ?? '{}');
  expect(result.written).toEqual({ id: 'b', sizeBytes, sha256: sha256() });
  expect(storedBytes()).toBe(sizeBytes);
  // Two parts of 16 MiB, and received chunks that were not collected yet.
  expect(result.peakBytes - result.startBytes).toBeLessThan(160_000_000);
}, 120_000);
