import type { ApiKey } from '../../../core/access/model/api-key.ts';
import type { KeyStore } from '../../../core/ports/key-store.ts';

/** The in-memory key store. */
export function memoryKeyStore(): KeyStore {
  const stored = new Map<string, ApiKey>();
  return {
    find: async (hash) => structuredClone(stored.get(hash)),
    put: async (hash, key) => {
      stored.set(hash, structuredClone(key));
    },
  };
}
