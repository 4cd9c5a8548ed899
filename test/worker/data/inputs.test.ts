import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import { inputsOf } from '../../../worker/data/inputs.ts';
import type { ContentFault } from '../../support/content-server.ts';
import { problemResponse } from '../../support/worker-server.ts';
import { type DataWorld, dataAttempt, noPauses, problemAt } from './data-attempt.ts';

const table = Buffer.from('{"sum":"3 €"}');
const pages = ['one', 'two', 'three'].map((text) => ({ name: `${text}.txt`, content: Buffer.from(text) }));
const inputs = { table: [{ name: 'table.json', content: table }], pages, legend: [] };

async function inputsIn(world: DataWorld = {}) {
  const called = await dataAttempt({ inputs, ...world });
  return { ...called, ...inputsOf(called.attempt, noPauses) };
}

/** The input in the slot "table". */
async function tableIn(world: DataWorld = {}) {
  const called = await inputsIn(world);
  const input = await called.input('table');
  if (input === undefined) throw new Error('the slot is empty');
  return { ...called, table: input };
}

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'errand-input-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'file');
}

/** Faults for the first requests to the store. */
function faults(...given: readonly (ContentFault | undefined)[]) {
  const rest = [...given];
  return () => rest.shift();
}

describe('an input', () => {
  test('is described, and read in each form', async () => {
    const { table: input, store } = await tableIn();
    expect(input).toMatchObject({ name: 'table.json', mediaType: 'text/plain', sizeBytes: table.byteLength });
    expect(store.requests).toEqual([]);
    expect(Buffer.from(await input.bytes())).toEqual(table);
    expect(await input.text()).toBe('{"sum":"3 €"}');
    expect(await input.json()).toEqual({ sum: '3 €' });
    const chunks = [];
    for await (const chunk of await input.stream()) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toEqual(table);
    const file = temporaryFile();
    await input.saveTo(file);
    expect(readFileSync(file)).toEqual(table);
  });

  test('is requested without the token of the attempt', async () => {
    const { table: input, store } = await tableIn();
    await input.bytes();
    expect(store.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test('without content needs no request to the store', async () => {
    const { input, store } = await inputsIn({
      inputs: { none: [{ name: 'none', content: Buffer.alloc(0) }] },
    });
    expect(await (await input('none'))?.text()).toBe('');
    expect(store.requests).toEqual([]);
  });

  test('that is not JSON is refused without showing its content', async () => {
    const secret = [{ name: 'a', content: Buffer.from('secret') }];
    const { input } = await inputsIn({ inputs: { table: secret } });
    const failure = { type: 'invalid-input', message: 'The input "a" of the slot "table" is not JSON.' };
    await expect((await input('table'))?.json()).rejects.toMatchObject(failure);
  });

  test('continues at the first missing byte, wherever the connections are cut', async () => {
    const content = randomBytes(200_000);
    const property = fc.asyncProperty(
      fc.array(fc.nat(content.byteLength), { minLength: 1, maxLength: 6 }),
      async (cuts) => {
        const { table: input, store } = await tableIn({
          inputs: { table: [{ name: 'noise', content }] },
          faultOf: faults(...cuts.map((cutAfterBytes) => ({ cutAfterBytes }))),
        });
        expect(Buffer.from(await input.bytes()).equals(content)).toBe(true);
        const [first, ...others] = store.requests.map(({ headers }) => headers);
        expect(first).not.toHaveProperty('range');
        for (const headers of others.filter(({ range }) => range !== undefined))
          expect(headers['if-match']).toMatch(/^"[0-9a-f]{32}"$/);
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  test.each<readonly [string, ContentFault]>([
    ['the connection breaks', 'broken'],
    ['the store is overloaded', { status: 503 }],
  ])('survives that %s', async (_, fault) => {
    const { table: input } = await tableIn({ faultOf: faults(fault, fault, { cutAfterBytes: 3 }, fault) });
    expect(Buffer.from(await input.bytes())).toEqual(table);
  });

  test('fails after the last try, and the message does not contain the URL', async () => {
    const { table: input, store } = await tableIn({ faultOf: () => ({ status: 503 }) });
    await expect(input.bytes()).rejects.toMatchObject({
      name: 'ServiceFailure',
      message:
        'The input "table.json" of the slot "table" could not be read: nothing was received, status 503.',
      type: 'input-unavailable',
      retryable: true,
    });
    expect(store.requests).toHaveLength(noPauses.length + 1);
  });

  test('whose URL has expired is read from a fresh one, also half-way', async () => {
    const expired = { status: 403 };
    const { table: input, server } = await tableIn({
      faultOf: faults(expired, { cutAfterBytes: 4 }, expired, { cutAfterBytes: 4 }),
    });
    expect(Buffer.from(await input.bytes())).toEqual(table);
    expect(server.to('/inputs')).toHaveLength(3);
  });

  test('whose fresh URL is rejected as well fails', async () => {
    const { table: input, server } = await tableIn({ faultOf: () => ({ status: 403 }) });
    await expect(input.bytes()).rejects.toMatchObject({ type: 'input-unavailable', retryable: true });
    expect(server.to('/inputs')).toHaveLength(2);
  });

  test('that was deleted fails at once', async () => {
    const { table: input, store } = await tableIn({ faultOf: () => ({ status: 404 }) });
    await expect(input.text()).rejects.toMatchObject({ type: 'input-unavailable', retryable: false });
    expect(store.requests).toHaveLength(1);
  });

  test.each([
    ['shorter', table.subarray(1)],
    ['longer', Buffer.concat([table, table])],
  ])('whose content is %s than described fails', async (_, content) => {
    const { table: input, store } = await tableIn();
    store.contents.set('/table-0', content);
    await expect(input.bytes()).rejects.toMatchObject({ type: 'input-unavailable' });
  });

  test('whose content is replaced between two requests fails', async () => {
    const { table: input, store } = await tableIn({
      faultOf: ({ headers }) => {
        if (headers.range === undefined) return { cutAfterBytes: 3 };
        store.contents.set('/table-0', Buffer.alloc(table.byteLength));
        return undefined;
      },
    });
    await expect(input.bytes()).rejects.toThrow('3 bytes were received, then the content changed');
  });

  test('that cannot be saved leaves no file', async () => {
    const { table: input } = await tableIn({ faultOf: faults({ cutAfterBytes: 3 }, { status: 404 }) });
    const file = temporaryFile();
    writeFileSync(file, 'before');
    await expect(input.saveTo(file)).rejects.toMatchObject({ type: 'input-unavailable' });
    expect(existsSync(file)).toBe(false);
  });

  test('is not read any further once the attempt is stopped', async () => {
    const { table: input, attempt, store } = await tableIn({ faultOf: () => ({ stallAfterBytes: 3 }) });
    const reading = input.bytes();
    await until('the store sends', () => store.sending() === 1);
    attempt.stop('abort');
    await expect(reading).rejects.toMatchObject({ name: 'AttemptStopped', stopCause: 'abort' });
    await until('the connection is closed', () => store.sending() === 0);
    await expect(input.stream()).rejects.toMatchObject({ stopCause: 'abort' });
  });

  test('whose stream is cancelled closes its connection while nothing arrives', async () => {
    const { table: input, store } = await tableIn({ faultOf: () => ({ stallAfterBytes: 3 }) });
    const reader = (await input.stream()).getReader();
    expect((await reader.read()).value).toHaveLength(3);
    const pending = reader.read();
    await reader.cancel();
    expect(await pending).toEqual({ done: true, value: undefined });
    await until('the connection is closed', () => store.sending() === 0);
  });
});

describe('the inputs of a job', () => {
  test('keep the order of the submission', async () => {
    const { inputs: read, server } = await inputsIn();
    const found = await read('pages');
    expect(await Promise.all(found.map((input) => input.text()))).toEqual(['one', 'two', 'three']);
    expect(server.to('/inputs')).toHaveLength(1);
  });

  test('are listed once more for all whose URLs have expired at the same time', async () => {
    const { inputs: read, server } = await inputsIn({
      faultOf: ({ query }) => (query.get('listing') === '1' ? { status: 403 } : undefined),
    });
    const found = await read('pages');
    await Promise.all(found.map((input) => input.text()));
    expect(server.to('/inputs')).toHaveLength(2);
  });

  test('are empty in an optional slot that the submission omits', async () => {
    const { input, inputs: read } = await inputsIn();
    expect([await input('legend'), await read('legend')]).toEqual([undefined, []]);
  });

  test('are not read from a slot that the service does not declare: the error names its slots', async () => {
    const { input, inputs: read } = await inputsIn();
    for (const reading of [input('tabel'), read('tabel'), input('constructor')])
      await expect(reading).rejects.toThrow(
        /^"(tabel|constructor)" is not an input slot of the service, which has table, pages, legend\.$/,
      );
    const without = await inputsIn({ inputs: {} });
    await expect(without.input('table')).rejects.toThrow(
      new TypeError('"table" is not an input slot of the service, which has no input slots.'),
    );
  });

  test('are not read as one if there are several', async () => {
    const { input } = await inputsIn();
    await expect(input('pages')).rejects.toThrow(
      'The input slot "pages" contains 3 data objects: use inputs("pages").',
    );
  });

  test('are requested again after a failed request', async () => {
    let count = 0;
    const { input } = await inputsIn({
      respond: ({ route }) => {
        count += 1;
        return route === '/inputs' && count === 1 ? problemResponse(400, 'invalid-request', 'no') : undefined;
      },
    });
    await expect(input('table')).rejects.toMatchObject({ type: 'input-unavailable', retryable: false });
    expect(await input('table')).toBeDefined();
  });

  test('of an attempt that is over are not read: the signal has the reason', async () => {
    const { input } = await inputsIn({ respond: problemAt(/inputs/, 409, 'stale-attempt') });
    await expect(input('table')).rejects.toMatchObject({ name: 'AttemptStopped', stopCause: 'stale' });
  });

  test.each([[], 'text', { table: [{ name: 'table' }] }])(
    'that are listed as %j are refused',
    async (body) => {
      const { input } = await inputsIn({ respond: () => ({ body }) });
      await expect(input('table')).rejects.toThrow('the response does not list them');
    },
  );
});
