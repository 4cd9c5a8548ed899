import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storeApiKey } from '../core/access/store-api-key.ts';
import { scopes } from '../core/contract/routes/route.ts';
import type { Clock, Random } from '../core/ports/clock.ts';
import type { KeyStore } from '../core/ports/key-store.ts';

/** The tenant of everything that is done on this machine without further set-up. */
const localTenant = 'local';

/**
 * Makes sure that the local tenant has a key: the given one, the one of an earlier start, or a new one. It is kept
 * in the data folder, readable by its owner only, before it is stored, so that a crash in between loses nothing.
 */
export async function ensureLocalKey(
  deps: { readonly keys: KeyStore; readonly clock: Clock; readonly random: Random },
  { dataDirectory, given }: { readonly dataDirectory: string; readonly given: string | undefined },
): Promise<string> {
  const key = given ?? keptKey(deps.random, join(dataDirectory, 'api-key'));
  await storeApiKey(deps, { key, tenant: localTenant, principal: localTenant, scopes });
  return key;
}

function keptKey(random: Random, file: string): string {
  if (existsSync(file)) {
    chmodSync(file, 0o600);
    return readFileSync(file, 'utf8').trim();
  }
  const key = `ek_${random.secret()}`;
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  return key;
}
