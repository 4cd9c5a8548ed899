import type { ApiKey } from '../../core/access/model/api-key.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { KeyStore } from '../../core/ports/key-store.ts';

/** How long a deleted key may still be accepted by a process that knows it. */
const lifetimeMilliseconds = 60_000;
const maxKeys = 1000;

/** Remembers found keys for a minute; an unknown key is asked for each time, so that a new one works at once. */
export function cachedKeys(store: Pick<KeyStore, 'find'>, clock: Clock): Pick<KeyStore, 'find'> {
  const known = new Map<string, { readonly key: ApiKey; readonly until: number }>();
  return {
    find: async (hash) => {
      const hit = known.get(hash);
      if (hit !== undefined && hit.until > clock.now()) return hit.key;
      const key = await store.find(hash);
      known.delete(hash);
      if (known.size >= maxKeys) known.clear();
      if (key !== undefined) known.set(hash, { key, until: clock.now() + lifetimeMilliseconds });
      return key;
    },
  };
}
