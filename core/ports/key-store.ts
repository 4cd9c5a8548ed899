import type { ApiKey } from '../access/model/api-key.ts';

/** Stores API keys by their hashes; the keys themselves are not stored. */
export interface KeyStore {
  find(hash: string): Promise<ApiKey | undefined>;
  put(hash: string, key: ApiKey): Promise<void>;
}
