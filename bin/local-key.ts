import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storeApiKey } from '../core/access/store-api-key.ts';
import { scopes } from '../core/contract/routes/route.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { KeyStore } from '../core/ports/key-store.ts';
import type { Random } from '../core/ports/random.ts';

/** The default tenant of the local service. */
const localTenant = 'local';

/**
 * Ensures that the local tenant has an API key, and returns it: the given one, the one of an earlier start,
 * or a new one. A new key is written to the data folder, readable only by the owner of the file, before it is
 * stored in the table, so that a crash in between does not lose it.
 */
export async function ensureLocalKey(
  deps: { readonly keys: KeyStore; readonly clock: Clock; readonly random: Random },
  { dataDirectory, given }: { readonly dataDirectory: string; readonly given: string | undefined },
): Promise<string> {
  const key = given ?? readOrCreateKey(deps.random, join(dataDirectory, 'api-key'));
  await storeApiKey(deps, { key, tenant: localTenant, principal: localTenant, scopes });
  return key;
}

function readOrCreateKey(random: Random, file: string): string {
  if (existsSync(file)) {
    chmodSync(file, 0o600);
    return readFileSync(file, 'utf8').trim();
  }
  const key = `ek_${random.secret()}`;
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  return key;
}
