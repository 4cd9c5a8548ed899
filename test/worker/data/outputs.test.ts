import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import { withHeartbeat } from '../../../worker/attempt/heartbeat.ts';
import type { OutputSource } from '../../../worker/data/output-source.ts';
import { outputOf } from '../../../worker/data/outputs.ts';
import type { ContentFault } from '../../support/content-server.ts';
import { problemResponse } from '../../support/worker-server.ts';
import { type DataWorld, dataAttempt, noPauses, problemAt } from './data-attempt.ts';

const name = 'plot.png';
/** Above the 8 MiB that are collected before the size of a source counts as unknown. */
const large = randomBytes(9_000_000);
const partSizeBytes = 1_000_000;

async function outputIn(world: DataWorld = {}) {
  const called = await dataAttempt({ partSizeBytes, ...world });
  return { ...called, output: outputOf(called.attempt, 'plot', noPauses) };
}

const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const json = (request: { readonly text: string } | undefined) => JSON.parse(request?.text ?? '') as unknown;

/** The content in chunks, as a source of unknown size. */
async function* chunksOf(content: Uint8Array, chunkBytes = 300_000) {
  for (let start = 0; start < content.byteLength; start += chunkBytes)
    yield content.subarray(start, start + chunkBytes);
}

/** A source that yields enough for an upload in parts, and then nothing more. */
function stuckSource() {
  let isClosed = false;
  const source = new Readable({
    read: () => undefined,
    destroy: (_, callback) => {
      isClosed = true;
      callback(null);
    },
  });
  source.push(large);
  return { source, isClosed: () => isClosed };
}

function fileOf(content: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'errand-output-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'data.bin');
  writeFileSync(file, content);
  return file;
}

/** Faults for the first requests to the store. */
function faults(...given: readonly (ContentFault | undefined)[]) {
  const rest = [...given];
  return () => rest.shift();
}

describe('a small output', () => {
  test('is uploaded with one PUT of known size and completed with its checksum', async () => {
    const { output, server, store } = await outputIn();
    const content = 'three €';
    const written = await output.write(content, { name, mediaType: 'image/png' });
    expect(written).toEqual({ id: 'plot-1', sizeBytes: 9, sha256: sha256(Buffer.from(content)) });
    expect(server.requests.map(({ method, route }) => `${method} ${route}`)).toEqual([
      'POST /outputs/plot',
      'POST /outputs/plot/plot-1/complete',
    ]);
    expect(json(server.requests[0])).toEqual({ name, mediaType: 'image/png', sizeBytes: 9 });
    expect(json(server.requests[1])).toEqual({ sha256: written.sha256 });
    expect(store.contents.get('/plot-1')?.toString()).toBe(content);
    expect(store.requests[0]?.headers).toMatchObject({ 'content-length': '9', 'if-none-match': '*' });
    expect(store.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test.each<readonly [string, () => OutputSource]>([
    ['bytes', () => Buffer.from('a,b\n1,2\n')],
    ['a Node.js stream', () => Readable.from([Buffer.from('a,b\n'), Buffer.from('1,2\n')])],
    ['a Node.js stream of text', () => Readable.from(['a,b\n', '1,2\n'])],
    ['a web stream', () => new Blob(['a,b\n', '1,2\n']).stream()],
    ['an async iterable', () => chunksOf(Buffer.from('a,b\n1,2\n'), 3)],
    ['an iterable of chunks', () => ['a,b\n', Buffer.from('1,2\n')]],
  ])('is read from %s', async (_, source) => {
    const { output, server, store } = await outputIn();
    await output.write(source(), { name });
    expect(store.contents.get('/plot-1')?.toString()).toBe('a,b\n1,2\n');
    expect(json(server.requests[0])).toEqual({ name, sizeBytes: 8 });
  });

  test('may be empty', async () => {
    const { output, store } = await outputIn();
    expect(await output.write(Readable.from([]), { name })).toMatchObject({ sizeBytes: 0 });
    expect(store.contents.get('/plot-1')).toHaveLength(0);
  });

  test('may come from a source that uses its buffer again', async () => {
    const { output, store } = await outputIn();
    const buffer = Buffer.alloc(2);
    function* reused() {
      for (const text of ['ab', 'cd', 'ef']) {
        buffer.write(text);
        yield buffer;
      }
    }
    await output.write(reused(), { name });
    expect(store.contents.get('/plot-1')?.toString()).toBe('abcdef');
  });

  test.each<readonly [string, ContentFault]>([
    ['the connection breaks', 'broken'],
    ['the store is overloaded', { status: 503 }],
    ['the store refuses a concurrent request', { status: 409 }],
  ])('survives that %s', async (_, fault) => {
    const { output, server, store } = await outputIn({ faultOf: faults(fault, fault) });
    await output.write('text', { name });
    expect(store.contents.get('/plot-1')?.toString()).toBe('text');
    expect(server.to('/outputs/plot')).toHaveLength(1);
  });

  test('is complete if the response to its PUT was lost', async () => {
    let wasLost = false;
    const { output, store, server } = await outputIn({
      faultOf: ({ path, bytes }) => {
        if (wasLost) return undefined;
        wasLost = true;
        store.contents.set(path, bytes);
        return 'broken';
      },
    });
    expect(await output.write('text', { name })).toMatchObject({ sha256: sha256(Buffer.from('text')) });
    expect(store.requests).toHaveLength(2);
    expect(server.to('/outputs/plot')).toHaveLength(1);
  });

  test('of another size than was sent is not accepted', async () => {
    const { output } = await outputIn({
      respond: ({ route }) =>
        route.endsWith('/complete') ? { body: { id: 'plot-1', sizeBytes: 3, abort: false } } : undefined,
    });
    await expect(output.write('text', { name })).rejects.toThrow('4 bytes were sent, 3 were stored');
  });

  test('is written as another object if its URL has expired', async () => {
    const { output, server, store } = await outputIn({ faultOf: faults({ status: 403 }) });
    expect(await output.write('text', { name })).toMatchObject({ id: 'plot-2' });
    expect(store.contents.get('/plot-2')?.toString()).toBe('text');
    expect(server.to('/outputs/plot/plot-1/complete')).toEqual([]);
  });

  test('whose second URL is rejected as well is not delivered, and the URL is not shown', async () => {
    const { output, store } = await outputIn({ faultOf: () => ({ status: 403 }) });
    await expect(output.write('text', { name })).rejects.toMatchObject({
      name: 'ServiceFailure',
      message: 'The output "plot.png" of the slot "plot" was not stored: its upload ended with status 403.',
      type: 'output-not-delivered',
      retryable: true,
    });
    expect(store.requests).toHaveLength(2);
  });

  test('is sent again if a connection breaks in the middle', async () => {
    const content = randomBytes(3_000_000);
    const { output, store } = await outputIn({ faultOf: faults('broken') });
    const written = await output.writeFile(fileOf(content));
    expect(written.sha256).toBe(sha256(content));
    expect(store.contents.get('/plot-1')?.equals(content)).toBe(true);
  });
});

describe('a file', () => {
  test('has its own name and size', async () => {
    const { output, server } = await outputIn();
    const written = await output.writeFile(fileOf(large), { mediaType: 'application/zip' });
    expect(json(server.requests[0])).toEqual({
      name: 'data.bin',
      mediaType: 'application/zip',
      sizeBytes: large.byteLength,
    });
    expect(written).toMatchObject({ sizeBytes: large.byteLength, sha256: sha256(large) });
  });

  test('that does not exist fails before any request', async () => {
    const { output, server } = await outputIn();
    await expect(output.writeFile('/nowhere/data.bin')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(server.requests).toEqual([]);
  });

  test.each(['grows', 'shrinks'])('that %s meanwhile is not stored', async (change) => {
    const file = fileOf(large);
    const { output, server } = await outputIn({
      respond: ({ route }) => {
        if (route === '/outputs/plot')
          writeFileSync(file, change === 'grows' ? Buffer.concat([large, large]) : large.subarray(1));
        return undefined;
      },
    });
    await expect(output.writeFile(file)).rejects.toThrow(/The size of the file .*data\.bin changed/);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a large output', () => {
  test('of unknown size is uploaded in parts, two at a time', async () => {
    const { output, server, store } = await outputIn();
    const written = await output.write(chunksOf(large), { name });
    expect(written).toEqual({ id: 'plot-1', sizeBytes: large.byteLength, sha256: sha256(large) });
    expect(json(server.requests[0])).toEqual({ name });
    expect(store.contents.get('/plot-1')?.equals(large)).toBe(true);
    expect(store.largestConcurrency()).toBeLessThanOrEqual(2);
    const { parts } = json(server.requests.at(-1)) as { parts: { number: number }[] };
    expect(parts.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('keeps its order, whatever the sizes of chunks and parts and whichever requests fail', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 100_000, max: 5_000_000 }),
      fc.integer({ min: 100_000, max: 9_000_000 }),
      fc.array(fc.constantFrom<ContentFault | undefined>('broken', { status: 503 }, undefined), {
        maxLength: 5,
      }),
      async (chunkBytes, ownPartBytes, failures) => {
        const { output, store } = await outputIn({
          partSizeBytes: ownPartBytes,
          faultOf: faults(...failures),
        });
        const written = await output.write(chunksOf(large, chunkBytes), { name });
        expect(written.sha256).toBe(sha256(large));
        expect(store.contents.get('/plot-1')?.equals(large)).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 6 });
  });

  test('gets URLs for several parts at once, and a fresh one for each retry', async () => {
    const { output, server, store } = await outputIn({
      partSizeBytes: 500_000,
      faultOf: faults('broken', { status: 403 }),
    });
    await output.write(chunksOf(large), { name });
    const lists = server.requests.map(({ route }) => route.split('?')[1]).filter(Boolean);
    expect(lists.sort()).toEqual(['from=1&limit=1', 'from=1&limit=16', 'from=17&limit=16', 'from=2&limit=1']);
    expect(store.contents.get('/plot-1')?.equals(large)).toBe(true);
  });

  test('waits while the store joins its parts', async () => {
    let left = 2;
    const { output, server } = await outputIn({
      respond: ({ route }) => {
        if (!route.endsWith('/complete') || left === 0) return undefined;
        left -= 1;
        return { status: 202, body: { id: 'plot-1', status: 'uploading', abort: false } };
      },
    });
    await output.write(chunksOf(large), { name });
    expect(server.to('/outputs/plot/plot-1/complete')).toHaveLength(3);
  });

  test('is not completed if its source fails, and the error is that of the source', async () => {
    const { output, server } = await outputIn();
    async function* failing() {
      yield large;
      throw new RangeError('no more');
    }
    await expect(output.write(failing(), { name })).rejects.toThrow(new RangeError('no more'));
    expect(server.to('/outputs/plot/plot-1/complete')).toEqual([]);
  });

  test('is not completed if its source yields anything but bytes or text', async () => {
    const { output } = await outputIn();
    const numbers = [1, 2] as unknown as Uint8Array[];
    await expect(output.write(numbers, { name })).rejects.toThrow(
      'The source of an output must yield Uint8Array or string, not number.',
    );
  });

  test('is not completed after an abort, even if its source is stuck', async () => {
    const { output, attempt, server, store } = await outputIn();
    const { source, isClosed } = stuckSource();
    const writing = output.write(source, { name });
    await until('parts are stored', () => store.contents.size >= 8);
    attempt.stop('abort');
    await expect(writing).rejects.toMatchObject({ name: 'AttemptStopped', stopCause: 'abort' });
    expect(server.to('/outputs/plot/plot-1/complete')).toEqual([]);
    await until('the source is closed', isClosed);
  });

  test('fails at once if a part cannot be stored, even if its source is stuck', async () => {
    const { output } = await outputIn({
      faultOf: ({ path }) => (path.endsWith('/7') ? { status: 404 } : undefined),
    });
    const { source, isClosed } = stuckSource();
    await expect(output.write(source, { name })).rejects.toMatchObject({ type: 'output-not-delivered' });
    await until('the source is closed', isClosed);
  });

  test('closes its source if the slot is refused', async () => {
    const { output } = await outputIn({ respond: problemAt(/outputs/, 404, 'slot-not-found', 'No "plot".') });
    const { source, isClosed } = stuckSource();
    await expect(output.write(source, { name })).rejects.toMatchObject({
      message: 'The output "plot.png" of the slot "plot" was refused: No "plot".',
      type: 'output-refused',
      retryable: false,
    });
    await until('the source is closed', isClosed);
  });

  test('does not read its source faster than the store receives', async () => {
    let read = 0;
    async function* counted() {
      for await (const chunk of chunksOf(large, 100_000)) {
        read += chunk.byteLength;
        yield chunk;
      }
      for (;;) {
        read += 100_000;
        yield Buffer.alloc(100_000);
      }
    }
    const { output, attempt, store } = await outputIn({ faultOf: () => 'silent' });
    const writing = output.write(counted(), { name });
    await until('two parts are sent', () => store.requests.length === 2);
    attempt.stop('abort');
    await expect(writing).rejects.toMatchObject({ stopCause: 'abort' });
    expect(read).toBeLessThan(large.byteLength);
  });

  test('sends heartbeats while its source is slow', async () => {
    const { output, attempt, server } = await outputIn();
    const beats = () => server.to('/heartbeat').length;
    async function* slow() {
      yield* chunksOf(large);
      await until('three heartbeats', () => beats() >= 3);
    }
    await withHeartbeat(attempt, 0.1, () => output.write(slow(), { name }));
    expect(beats()).toBeGreaterThanOrEqual(3);
  });
});

describe('an output', () => {
  test.each(['/outputs/plot', '/outputs/plot/plot-1/complete'])(
    'of an attempt that is over at %s is given up: the signal has the reason',
    async (route) => {
      const { output, attempt } = await outputIn({
        respond: (request) => (request.route === route ? problemResponse(409, 'stale-attempt') : undefined),
      });
      await expect(output.write('text', { name })).rejects.toMatchObject({
        name: 'AttemptStopped',
        stopCause: 'stale',
      });
      expect(attempt.stoppedBy()).toBe('stale');
    },
  );

  test('is given up when the response to its start requests the work to stop', async () => {
    const { output, store } = await outputIn({ respond: () => ({ body: { abort: true } }) });
    await expect(output.write('text', { name })).rejects.toMatchObject({ stopCause: 'abort' });
    expect(store.requests).toEqual([]);
  });

  test('of a damaged upload is worth another attempt', async () => {
    const { output } = await outputIn({ respond: problemAt(/complete$/, 422, 'checksum-mismatch') });
    await expect(output.write('text', { name })).rejects.toMatchObject({
      type: 'output-not-delivered',
      retryable: true,
    });
  });

  test('has a slot of any name', async () => {
    const { attempt, server } = await outputIn({ respond: problemAt(/outputs/, 404, 'slot-not-found') });
    await expect(outputOf(attempt, 'a/b', noPauses).write('', { name })).rejects.toThrow('was refused');
    expect(server.requests[0]?.route).toBe('/outputs/a%2Fb');
  });
});
