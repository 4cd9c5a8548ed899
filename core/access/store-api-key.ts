import { ProblemError } from '../contract/problems/problem-error.ts';
import type { Scope } from '../contract/routes/route.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeyStore } from '../ports/key-store.ts';
import { hashApiKey } from './hash-api-key.ts';
import type { ApiKey } from './model/api-key.ts';
import { tenantName } from './model/tenant-name.ts';
import { keyPattern } from './parse-credentials.ts';

/** Tenant, owner name and permissions of a new API key. */
export interface KeyOwner {
  readonly tenant: string;
  /** Recorded as the owner of everything that is created with the key. */
  readonly principal: string;
  readonly scopes: readonly Scope[];
}

/**
 * Stores a given text as an API key, replacing the tenant, principal and scopes of an existing key. Throws
 * `invalid-request` for a malformed key or tenant name; the error never contains the key.
 */
export async function storeApiKey(
  deps: { readonly keys: KeyStore; readonly clock: Clock },
  input: KeyOwner & { readonly key: string },
): Promise<ApiKey> {
  if (!keyPattern.test(input.key)) {
    throw new ProblemError(
      'invalid-request',
      'An API key must be 16 to 256 printable ASCII characters without spaces',
    );
  }
  if (!tenantName.safeParse(input.tenant).success) {
    throw new ProblemError(
      'invalid-request',
      `The tenant name must be 1 to 32 lower-case letters, digits and hyphens; it is ${input.tenant}`,
    );
  }
  const { tenant, principal, scopes } = input;
  const stored = { tenant, principal, scopes, createdAt: deps.clock.now() };
  await deps.keys.put(hashApiKey(input.key), stored);
  return stored;
}
