import type { AccountLimits } from '../../ports/account-limits.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Settings } from '../../ports/settings.ts';
import { asError } from '../../std/as-error.ts';

/** The lowest concurrency of an account, which is assumed until its limit has been read. */
const leastConcurrency = 10;

const lifetimeMs = 60_000;

export interface TotalLimitDeps {
  readonly accountLimits: Pick<AccountLimits, 'read'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly settings: Pick<Settings, 'heldCallsPercent'>;
}

/**
 * Maximum number of long polls and event streams of all tenants together: a percentage of the account's
 * concurrency, which is cached for a minute. Never throws: if it cannot be read, the previous value stays
 * valid for another minute.
 */
export function totalLimit(deps: TotalLimitDeps): () => Promise<number> {
  let concurrency = leastConcurrency;
  let staleAt = Number.NEGATIVE_INFINITY;
  let refreshing: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    try {
      concurrency = (await deps.accountLimits.read())?.concurrency ?? concurrency;
    } catch (cause) {
      const error = asError(cause);
      deps.log.warn('account-limit-unavailable', { error });
    }
    refreshing = undefined;
  }

  return async () => {
    if (refreshing === undefined && deps.clock.now() >= staleAt) {
      staleAt = deps.clock.now() + lifetimeMs;
      refreshing = refresh();
    }
    await refreshing;
    return Math.floor((concurrency * deps.settings.heldCallsPercent) / 100);
  };
}
