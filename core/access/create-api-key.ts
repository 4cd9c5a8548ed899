import type { Clock } from '../ports/clock.ts';
import type { KeyStore } from '../ports/key-store.ts';
import type { Random } from '../ports/random.ts';
import type { ApiKey } from './model/api-key.ts';
import { type KeyOwner, storeApiKey } from './store-api-key.ts';

interface Deps {
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Creates a key: `ek_` and 256 random bits in base64url. Only its hash is stored, so the key can be shown
 * only once.
 */
export async function createApiKey(deps: Deps, owner: KeyOwner): Promise<ApiKey & { readonly key: string }> {
  const key = `ek_${deps.random.secret()}`;
  return { key, ...(await storeApiKey(deps, { ...owner, key })) };
}
