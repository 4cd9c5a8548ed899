import type { Chance, Clock } from '../ports/clock.ts';
import type { KeyStore } from '../ports/key-store.ts';
import type { ApiKey } from './model/api-key.ts';
import { type KeyHolder, storeApiKey } from './store-api-key.ts';

interface Deps {
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly chance: Chance;
}

/** Makes a key of 256 random bits, `ek_` and base64url text. Only its hash is kept, so it can be shown once. */
export async function createApiKey(
  deps: Deps,
  holder: KeyHolder,
): Promise<ApiKey & { readonly key: string }> {
  const key = `ek_${deps.chance.secret()}`;
  return { key, ...(await storeApiKey(deps, { ...holder, key })) };
}
