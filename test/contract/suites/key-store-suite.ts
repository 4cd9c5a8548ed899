import { beforeEach, describe, expect, test } from 'vitest';
import type { ApiKey } from '../../../core/access/model/api-key.ts';
import type { KeyStore } from '../../../core/ports/key-store.ts';

/** The contract of every key store; `makeStore` returns an empty store for each test; the caller cleans up. */
export function describeKeyStore(makeStore: () => Promise<KeyStore> | KeyStore): void {
  const key: ApiKey = {
    tenant: 'acme',
    principal: 'Zoë',
    scopes: ['jobs:read', 'services:write'],
    createdAt: 17,
  };
  const hash = 'ab'.repeat(32);

  describe('a key store', () => {
    let store: KeyStore;
    beforeEach(async () => {
      store = await makeStore();
    });

    test('finds a key by its hash as it was stored', async () => {
      await store.put(hash, key);
      expect(await store.find(hash)).toEqual(key);
    });

    test('finds no key under another hash', async () => {
      await store.put(hash, key);
      expect(await store.find('cd'.repeat(32))).toBeUndefined();
      expect(await store.find('')).toBeUndefined();
      expect(await store.find(hash.slice(0, 63))).toBeUndefined();
    });

    test('stores a key without scopes', async () => {
      await store.put(hash, { ...key, scopes: [] });
      expect(await store.find(hash)).toEqual({ ...key, scopes: [] });
    });

    test('replaces an older key with the same hash', async () => {
      await store.put(hash, key);
      await store.put(hash, { ...key, scopes: ['jobs:read'], createdAt: 18 });
      expect(await store.find(hash)).toEqual({ ...key, scopes: ['jobs:read'], createdAt: 18 });
    });
  });
}
