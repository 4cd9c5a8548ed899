import { ProblemError } from '../contract/problems/problem-error.ts';
import type { Scope } from '../contract/routes/route.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeyStore } from '../ports/key-store.ts';
import { hashApiKey } from './hash-api-key.ts';
import type { ApiKey } from './model/api-key.ts';
import { tenantName } from './model/tenant-name.ts';
import { keyPattern } from './parse-credentials.ts';

export interface KeyOwner {
  readonly tenant: string;
  /** Who is named as owner of what the key's holder makes. */
  readonly principal: string;
  readonly scopes: readonly Scope[];
}

/**
 * Makes a given text a key. Again with the same text replaces what it stands for. Throws `invalid-request` for a key
 * that is not 16 to 256 printable characters without spaces, and for a bad tenant name; the key is never in the text.
 */
export async function storeApiKey(
  deps: { readonly keys: KeyStore; readonly clock: Clock },
  input: KeyOwner & { readonly key: string },
): Promise<ApiKey> {
  if (!keyPattern.test(input.key)) {
    throw new ProblemError(
      'invalid-request',
      'An API key must be 16 to 256 printable characters without spaces',
    );
  }
  if (!tenantName.safeParse(input.tenant).success) {
    throw new ProblemError(
      'invalid-request',
      `The tenant ${input.tenant} must be lower-case letters, digits and -, 1 to 32`,
    );
  }
  const { tenant, principal, scopes } = input;
  const stored = { tenant, principal, scopes, createdAt: deps.clock.now() };
  await deps.keys.put(hashApiKey(input.key), stored);
  return stored;
}
