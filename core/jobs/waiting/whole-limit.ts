import type { AccountLimits } from '../../ports/account-limits.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';

/** The fewest that an account may run at a time, and so what is assumed until its limit was read. */
const leastConcurrency = 10;

const lifetimeMilliseconds = 60_000;

export interface WholeLimitDeps {
  readonly accountLimits: Pick<AccountLimits, 'read'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/**
 * How many calls all tenants together may have held at a time: this percentage of the account's concurrency, read anew after
 * a minute. Never throws: when it cannot be read, the one read before stays for another minute.
 */
export function wholeLimit(deps: WholeLimitDeps, percent: number): () => Promise<number> {
  let [concurrency, staleAt] = [leastConcurrency, Number.NEGATIVE_INFINITY];
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    try {
      concurrency = (await deps.accountLimits.read())?.concurrency ?? concurrency;
    } catch (cause) {
      const error = asError(cause);
      deps.log.warn('account-limit-unread', { error });
    }
    reading = undefined;
  }

  return async () => {
    if (reading === undefined && deps.clock.now() >= staleAt) {
      staleAt = deps.clock.now() + lifetimeMilliseconds;
      reading = read();
    }
    await reading;
    return Math.floor((concurrency * percent) / 100);
  };
}
