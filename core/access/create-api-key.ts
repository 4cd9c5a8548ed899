import type { Clock, Random } from '../ports/clock.ts';
import type { KeyStore } from '../ports/key-store.ts';
import type { ApiKey } from './model/api-key.ts';
import { type KeyOwner, storeApiKey } from './store-api-key.ts';

interface Deps {
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly random: Random;
}

/** Makes a key of 256 random bits, `ek_` and base64url text. Only its hash is kept, so it can be shown once. */
export async function createApiKey(deps: Deps, holder: KeyOwner): Promise<ApiKey & { readonly key: string }> {
  const key = `ek_${deps.random.secret()}`;
  return { key, ...(await storeApiKey(deps, { ...holder, key })) };
}
