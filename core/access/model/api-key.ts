import type { Scope } from '../../contract/routes/route.ts';

/** What a key stands for. */
export interface ApiKey {
  readonly tenant: string;
  /** Who is named as owner of what the key's holder makes. */
  readonly principal: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
}
