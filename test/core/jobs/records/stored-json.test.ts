import { describe, expect, test } from 'vitest';
import { readJson, sizeOf, storeJson } from '../../../../core/jobs/records/stored-json.ts';
import { memoryObjectStore } from '../../../support/memory/memory-object-store.ts';

const location = { tenant: 'local', jobId: 'j1', role: 'result' } as const;
const textOf = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));

describe('storeJson', () => {
  test('stores 4,096 bytes on the record and 4,097 bytes in the object store', async () => {
    const objects = memoryObjectStore();
    expect(await storeJson(objects, location, textOf(4096))).toEqual({ kind: 'inline', json: textOf(4096) });
    expect(objects.keys()).toEqual([]);
    expect(await storeJson(objects, location, textOf(4097))).toMatchObject({
      kind: 'object',
      sizeBytes: 4097,
    });
    expect(objects.keys()).toHaveLength(1);
  });

  test('counts bytes and not characters', async () => {
    const objects = memoryObjectStore();
    const fits = JSON.stringify('é'.repeat(2047));
    expect(fits.length).toBe(2049);
    expect((await storeJson(objects, location, fits)).kind).toBe('inline');
    const stored = await storeJson(objects, location, JSON.stringify('é'.repeat(2048)));
    expect(stored).toMatchObject({ kind: 'object', sizeBytes: 4098 });
    expect((await storeJson(objects, location, JSON.stringify('😀'.repeat(1024)))).kind).toBe('object');
  });

  test('gives the same key to the same content and another key to other content', async () => {
    const objects = memoryObjectStore();
    const [one, again, other] = [
      await storeJson(objects, location, textOf(5000)),
      await storeJson(objects, location, textOf(5000)),
      await storeJson(objects, location, textOf(5001)),
    ];
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    expect(objects.keys()).toHaveLength(2);
  });

  test('separates tenants, jobs and roles', async () => {
    const objects = memoryObjectStore();
    for (const change of [{}, { tenant: 'other' }, { jobId: 'j2' }, { role: 'request' as const }]) {
      await storeJson(objects, { ...location, ...change }, textOf(5000));
    }
    expect(objects.keys()).toHaveLength(4);
    expect(objects.keys()[1]).toMatch(/^tenants\/other\/jobs\/j1\/result-[\w-]{43}\.json$/);
  });
});

describe('readJson', () => {
  test.each([3, 4096, 4097, 300_000])('returns %i bytes unchanged', async (bytes) => {
    const objects = memoryObjectStore();
    const stored = await storeJson(objects, location, textOf(bytes));
    expect(await readJson(objects, stored)).toBe(textOf(bytes));
    expect(sizeOf(stored)).toBe(bytes);
  });

  test('throws when the object does not exist', async () => {
    const missing = { kind: 'object', key: 'tenants/local/x', sizeBytes: 5000 } as const;
    await expect(readJson(memoryObjectStore(), missing)).rejects.toThrow('tenants/local/x');
  });

  test('throws without reading the content when the size of the object differs from the record', async () => {
    const objects = memoryObjectStore();
    const stored = await storeJson(objects, location, textOf(5000));
    if (stored.kind !== 'object') throw new Error('not an object');
    await objects.put(stored.key, textOf(5001));
    await expect(readJson(objects, stored)).rejects.toThrow('has 5001 bytes, but its record states 5000');
  });
});
