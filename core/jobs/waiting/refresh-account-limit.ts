import type { AccountLimits, LambdaAccount } from '../../ports/account-limits.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';

export interface RefreshAccountLimitDeps {
  readonly accountLimits: AccountLimits;
  readonly lambdaAccount: LambdaAccount;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * The limit rarely changes: AWS raises it on request, and reservations of functions in the account change it.
 */
const lifetimeMs = 3_600_000;

/**
 * Reads the account's concurrency limit from Lambda and stores it. Throws if it cannot be read or written.
 */
export async function refreshAccountLimit(deps: RefreshAccountLimitDeps): Promise<void> {
  const concurrency = await deps.lambdaAccount.unreservedConcurrency();
  await deps.accountLimits.write({ concurrency, readAt: deps.clock.now() });
}

/**
 * Refreshes the limit at most once an hour, however often it is called. Never throws: a failure is logged as
 * `account-limit-not-refreshed`, the stored limit stays, and the next call tries again.
 */
export async function refreshAccountLimitHourly(
  deps: RefreshAccountLimitDeps & { readonly log: Log },
): Promise<void> {
  try {
    const stored = await deps.accountLimits.read();
    if (stored !== undefined && deps.clock.now() - stored.readAt < lifetimeMs) return;
    await refreshAccountLimit(deps);
  } catch (cause) {
    const error = asError(cause);
    deps.log.warn('account-limit-not-refreshed', { error });
  }
}
