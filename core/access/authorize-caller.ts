import type { KeyStore } from '../ports/key-store.ts';
import { effectiveScopes } from './effective-scopes.ts';
import { hashApiKey } from './hash-api-key.ts';
import type { ApiKey } from './model/api-key.ts';
import { parseCredentials, type RequestHeaders } from './parse-credentials.ts';

/**
 * Looks up the API key of a request, with all scopes that it has, also those that another scope includes.
 * Returns undefined when the key is missing, malformed or unknown.
 */
export async function authorizeCaller(
  deps: { readonly keys: Pick<KeyStore, 'find'> },
  headers: RequestHeaders,
): Promise<ApiKey | undefined> {
  const text = parseCredentials(headers);
  const key = text === undefined ? undefined : await deps.keys.find(hashApiKey(text));
  return key && { ...key, scopes: effectiveScopes(key.scopes) };
}
