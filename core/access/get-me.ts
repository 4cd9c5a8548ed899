import type { Settings } from '../ports/settings.ts';

/** The caller of a request, as its API key identifies it. */
export interface KeyHolder {
  readonly tenant: string;
  readonly principal: string;
  /** All scopes, also those that another scope includes. */
  readonly scopes: readonly string[];
  /** Epoch milliseconds; undefined if the authorizer did not return it. */
  readonly createdAt: number | undefined;
}

/** What a caller may do, and within which limits. */
export interface Me extends KeyHolder {
  readonly limits: {
    /** Maximum number of concurrent long polls and event streams of the tenant. */
    readonly longPolls: number;
  };
}

/** Describes the caller of a request to itself. Reads nothing: everything comes from the authorizer. */
export async function getMe(
  { settings }: { readonly settings: Pick<Settings, 'maxHeldCalls'> },
  caller: KeyHolder,
): Promise<Me> {
  return { ...caller, limits: { longPolls: settings.maxHeldCalls } };
}
