import type { KeyStore } from '../ports/key-store.ts';
import { hashApiKey } from './hash-api-key.ts';
import type { ApiKey } from './model/api-key.ts';
import { parseCredentials, type RequestHeaders } from './parse-credentials.ts';

/** Looks up the API key of a request; undefined when the key is missing, malformed or unknown. */
export async function authorizeCaller(
  deps: { readonly keys: Pick<KeyStore, 'find'> },
  headers: RequestHeaders,
): Promise<ApiKey | undefined> {
  const key = parseCredentials(headers);
  return key === undefined ? undefined : deps.keys.find(hashApiKey(key));
}
