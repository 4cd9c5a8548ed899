import type { ApiKey } from '../access/model/api-key.ts';

/** Keeps API keys by their hash; the keys themselves are nowhere. */
export interface KeyStore {
  find(hash: string): Promise<ApiKey | undefined>;
  put(hash: string, key: ApiKey): Promise<void>;
}
