import type { AccountLimits, LambdaAccount } from '../../ports/account-limits.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';

export interface RefreshAccountLimitDeps {
  readonly accountLimits: AccountLimits;
  readonly lambdaAccount: LambdaAccount;
  readonly clock: Pick<Clock, 'now'>;
}

/** A limit is raised by AWS's support and seldom; a reservation anywhere in the account changes it too. */
const lifetimeMilliseconds = 3_600_000;

/** Asks Lambda for the account's limit and keeps it. Throws when it cannot be read or written. */
export async function refreshAccountLimit(deps: RefreshAccountLimitDeps): Promise<void> {
  const concurrency = await deps.lambdaAccount.unreservedConcurrency();
  await deps.accountLimits.write({ concurrency, readAt: deps.clock.now() });
}

/**
 * The same once an hour, however often it is called. Never throws: a refusal is logged as `account-limit-not-refreshed`, what
 * was read before stays, and the next call tries again.
 */
export async function refreshAccountLimitHourly(
  deps: RefreshAccountLimitDeps & { readonly log: Log },
): Promise<void> {
  try {
    const known = await deps.accountLimits.read();
    if (known !== undefined && deps.clock.now() - known.readAt < lifetimeMilliseconds) return;
    await refreshAccountLimit(deps);
  } catch (cause) {
    const error = asError(cause);
    deps.log.warn('account-limit-not-refreshed', { error });
  }
}
