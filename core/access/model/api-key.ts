import type { Scope } from '../../contract/routes/route.ts';

/** The identity and permissions of an API key. */
export interface ApiKey {
  readonly tenant: string;
  /** Recorded as the owner of everything that is created with the key. */
  readonly principal: string;
  readonly scopes: readonly Scope[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
}
