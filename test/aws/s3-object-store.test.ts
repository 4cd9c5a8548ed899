import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LazyS3Client, lazyS3Client } from '../../aws/clients/s3-client.ts';
import { s3ObjectStore } from '../../aws/s3-object-store.ts';
import type { ObjectStore } from '../../core/ports/object-store.ts';
import { testCredentials } from '../support/errand-table.ts';

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

  const key = 'tenants/local/jobs/019aa5c9-b4cd-7000-8000-000000000000/result-a_b-c.json';
  const json = JSON.stringify({ text: 'žluťoučký \u{1f40e} "quoted" \u0000', list: Array(3000).fill(1.5) });

  it('gives back what was put', async () => {
    await store.put(key, json);
    expect(await store.get(key)).toBe(json);
  });

  it('puts the same object twice', async () => {
    await store.put(key, json);
    await store.put(key, json);
    expect(await store.get(key)).toBe(json);
  });

  it('knows no object that was not put', async () => {
    expect(await store.get('tenants/local/none.json')).toBeUndefined();
  });

  it('throws when the bucket is missing', async () => {
    const other = s3ObjectStore({ client, bucketName: 'nowhere' });
    await expect(other.get(key)).rejects.toMatchObject({ name: 'NoSuchBucket' });
    await expect(other.put(key, json)).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it('signs an address from which anyone may read for a while', async () => {
    await store.put(key, json);
    const address = new URL(await store.presignGet(key, 900));
    expect(address.pathname).toBe(`/results/${key}`);
    expect(address.searchParams.get('X-Amz-Expires')).toBe('900');
    const answer = await fetch(address);
    expect(await answer.text()).toBe(json);
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  it('makes one client, and only when it is needed', async () => {
    const lazy = lazyS3Client({ region: 'us-east-1', credentials: testCredentials });
    const [first, second] = await Promise.all([lazy(), lazy()]);
    expect(first).toBe(second);
    first.destroy();
  });
});
