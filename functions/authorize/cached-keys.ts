import type { ApiKey } from '../../core/access/model/api-key.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { KeyStore } from '../../core/ports/key-store.ts';

/** How long a process may still accept a deleted key. */
const lifetimeMs = 60_000;
const maxKeys = 1000;

/** Caches known keys for a minute. Unknown keys are looked up each time, so that a new key works at once. */
export function cachedKeys(store: Pick<KeyStore, 'find'>, clock: Clock): Pick<KeyStore, 'find'> {
  const known = new Map<string, { readonly key: ApiKey; readonly expiresAt: number }>();
  return {
    find: async (hash) => {
      const hit = known.get(hash);
      if (hit !== undefined && hit.expiresAt > clock.now()) return hit.key;
      const key = await store.find(hash);
      known.delete(hash);
      if (known.size >= maxKeys) known.clear();
      if (key !== undefined) known.set(hash, { key, expiresAt: clock.now() + lifetimeMs });
      return key;
    },
  };
}
