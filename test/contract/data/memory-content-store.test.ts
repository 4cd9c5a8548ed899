import { describe, expect, test } from 'vitest';
import { memoryContentStore } from '../../support/memory/memory-content-store.ts';
import { describeContentStore } from '../suites/content-store-suite.ts';

describe('memoryContentStore', () => {
  describeContentStore(async () => {
    const store = memoryContentStore();
    return { store, send: store.fetch };
  });

  test('its URLs expire', async () => {
    let now = 1000;
    const store = memoryContentStore({ clock: { now: () => now } });
    const { url, headers } = await store.presignUpload('key', { sizeBytes: 1 }, 900);
    now += 900_000;
    const sent = { method: 'PUT', headers: { ...headers }, body: Buffer.from('1') };
    expect((await store.fetch(url, sent)).status).toBe(403);
    now -= 1;
    expect((await store.fetch(url, sent)).status).toBe(200);
  });

  test('delayed completions are pending, with the content joined or not', async () => {
    const store = memoryContentStore({ minPartBytes: 1 });
    const uploadId = await store.beginParts('key');
    const [url = ''] = await store.presignParts('key', uploadId, {
      parts: [{ number: 1 }],
      lifetimeSeconds: 900,
    });
    const etag =
      (await store.fetch(url, { method: 'PUT', body: Buffer.from('1') })).headers.get('etag') ?? '';
    const completion = { parts: [{ number: 1, etag: etag.replaceAll('"', '') }], timeoutMs: 1 };
    store.delayCompletions(1);
    expect(await store.completeParts('key', uploadId, completion)).toBe('pending');
    expect(store.keys()).toEqual([]);
    store.delayCompletions(1, 'joined');
    expect(await store.completeParts('key', uploadId, completion)).toBe('pending');
    expect(store.keys()).toEqual(['key']);
    expect(await store.completeParts('key', uploadId, completion)).toBe('missing-upload');
  });
});
