import type { ApiKey } from '../../core/access/model/api-key.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { KeyStore } from '../../core/ports/key-store.ts';

/** How long a process may still accept a deleted key. */
const lifetimeMs = 60_000;
const maxKeys = 1000;

/**
 * Caches existing keys for a minute. A missing key is looked up each time, so that a new key works
 * immediately.
 */
export function cachedKeys(store: Pick<KeyStore, 'find'>, clock: Clock): Pick<KeyStore, 'find'> {
  const cache = new Map<string, { readonly key: ApiKey; readonly expiresAt: number }>();
  return {
    find: async (hash) => {
      const hit = cache.get(hash);
      if (hit !== undefined && hit.expiresAt > clock.now()) return hit.key;
      const key = await store.find(hash);
      cache.delete(hash);
      if (cache.size >= maxKeys) cache.clear();
      if (key !== undefined) cache.set(hash, { key, expiresAt: clock.now() + lifetimeMs });
      return key;
    },
  };
}
