import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LazyS3Client, lazyS3Client } from '../../../aws/clients/s3-client.ts';
import { s3ObjectStore } from '../../../aws/s3/s3-object-store.ts';
import type { ObjectStore } from '../../../core/ports/object-store.ts';
import { inParallel } from '../../../core/std/in-parallel.ts';
import { testCredentials } from '../../support/local-service/errand-table.ts';

describe('s3ObjectStore', () => {
  let server: FauxqsServer;
  let client: LazyS3Client;
  let store: ObjectStore;
  beforeAll(async () => {
    server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false });
    server.createBucket('results');
    const endpoint = `http://127.0.0.1:${server.port}`;
    client = lazyS3Client({ endpoint, region: 'us-east-1', credentials: testCredentials });
    store = s3ObjectStore({ client, bucketName: 'results' });
  });
  afterAll(async () => {
    (await client()).destroy();
    await server.stop();
  });

  const textAt = async (at: string) => {
    const bytes = (await store.get(at, () => true))?.bytes;
    return bytes && Buffer.from(bytes).toString();
  };

  const key = 'tenants/local/jobs/019aa5c9-b4cd-7000-8000-000000000000/result-a_b-c.json';
  const json = JSON.stringify({ text: 'žluťoučký \u{1f40e} "quoted" \u0000', list: Array(3000).fill(1.5) });

  test('returns the stored object', async () => {
    await store.put(key, json);
    expect(await textAt(key)).toBe(json);
  });

  test('puts the same object twice', async () => {
    await store.put(key, json);
    await store.put(key, json);
    expect(await textAt(key)).toBe(json);
  });

  test('deletes every object with a prefix, and no other object', async () => {
    const keys = Array.from({ length: 1050 }, (_, index) => `tenants/local/jobs/a/${index}.json`);
    const others = ['tenants/local/jobs/ab/1.json', 'tenants/local/jobs/a'];
    const all = [...keys, ...others];
    await inParallel(all, 20, (one) => store.put(one, json.slice(0, 20)));
    for (let times = 0; times < 2; times += 1) await store.removeAll('tenants/local/jobs/a/');
    const found = await inParallel(all, 20, (one) => textAt(one));
    expect(all.filter((_, index) => found[index] !== undefined)).toEqual(others);
  });

  test('finds no object that was not stored', async () => {
    expect(await textAt('tenants/local/none.json')).toBeUndefined();
  });

  test('throws when the bucket is missing', async () => {
    const other = s3ObjectStore({ client, bucketName: 'nowhere' });
    await expect(other.get(key, () => true)).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(other.put(key, json)).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  test('signs a URL from which anyone can read for a limited time', async () => {
    await store.put(key, json);
    const address = new URL(await store.presignGet(key, 900));
    expect(address.pathname).toBe(`/results/${key}`);
    expect(address.searchParams.get('X-Amz-Expires')).toBe('900');
    const response = await fetch(address);
    expect(await response.text()).toBe(json);
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  test.each([
    [true, 'inline'],
    [false, 'attachment'],
  ])(
    'signs a URL whose response has the requested media type and disposition',
    async (isInline, disposition) => {
      const served = { mediaType: 'text/csv; charset=utf-8', isInline };
      const { searchParams } = new URL(await store.presignGet(key, 900, served));
      expect(searchParams.get('response-content-type')).toBe(served.mediaType);
      expect(searchParams.get('response-content-disposition')).toBe(disposition);
    },
  );

  test('signs an upload URL for the exact size of the body and without a checksum of the SDK', async () => {
    const text = 'a,b\n1,2\n';
    const address = new URL(await store.presignPut(`${key}.csv`, 900, text.length));
    expect(address.pathname).toBe(`/results/${key}.csv`);
    expect(address.searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;host');
    expect([...address.searchParams.keys()].join()).not.toMatch(/checksum/i);
    const headers = { 'content-type': 'text/csv' };
    expect((await fetch(address, { method: 'PUT', body: text, headers })).status).toBe(200);
    expect(await store.get(`${key}.csv`, () => false)).toEqual({
      sizeBytes: text.length,
      mediaType: 'text/csv',
    });
  });

  test('returns the description without the content when the reader refuses it', async () => {
    await store.put(key, json);
    const sizeBytes = Buffer.byteLength(json);
    const object = { sizeBytes, mediaType: 'application/json' };
    expect(await store.get(key, (found) => found.sizeBytes < sizeBytes)).toEqual(object);
    expect(await store.get(key, (found) => found.sizeBytes === sizeBytes)).toEqual({
      ...object,
      bytes: new TextEncoder().encode(json),
    });
  });

  test('creates one client, and only on its first use', async () => {
    const lazy = lazyS3Client({ region: 'us-east-1', credentials: testCredentials });
    const [first, second] = await Promise.all([lazy(), lazy()]);
    expect(first).toBe(second);
    first.destroy();
  });
});
