import { describe, expect, test } from 'vitest';
import { refreshAccountLimitHourly } from '../../../../core/jobs/waiting/refresh-account-limit.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';

const hour = 3_600_000;

function world() {
  const { clock, log, lines } = testDeps();
  const account = { concurrency: 1000, refuses: false, requests: 0 };
  const stored: { limit?: { concurrency: number; readAt: number }; isAway?: boolean } = {};
  const deps = {
    clock,
    log,
    lambdaAccount: {
      unreservedConcurrency: async () => {
        account.requests += 1;
        if (account.refuses) throw new Error('AccessDeniedException');
        return account.concurrency;
      },
    },
    accountLimits: {
      read: async () => {
        if (stored.isAway) throw new Error('the table is away');
        return stored.limit;
      },
      write: async (limit: { concurrency: number; readAt: number }) => {
        stored.limit = limit;
      },
    },
  };
  return { account, stored, clock, lines, refresh: () => refreshAccountLimitHourly(deps) };
}

describe("the account's limit", () => {
  test('is read from Lambda once an hour and stored with its time', async () => {
    const { account, stored, clock, refresh } = world();
    const startedAt = clock.now();
    await refresh();
    expect(stored.limit).toEqual({ concurrency: 1000, readAt: startedAt });
    account.concurrency = 3000;
    await clock.sleep(hour - 1);
    await refresh();
    expect([stored.limit?.concurrency, account.requests]).toEqual([1000, 1]);
    await clock.sleep(1);
    await refresh();
    expect(stored.limit).toEqual({ concurrency: 3000, readAt: startedAt + hour });
  });

  test('does not change while Lambda refuses to return it, and each pass tries again', async () => {
    const { account, stored, clock, lines, refresh } = world();
    await refresh();
    account.refuses = true;
    await clock.sleep(hour);
    await refresh();
    await refresh();
    expect([stored.limit?.concurrency, account.requests]).toEqual([1000, 3]);
    expect(lines).toEqual(['account-limit-not-refreshed', 'account-limit-not-refreshed']);
  });

  test('causes no exception when it cannot be read from the table', async () => {
    const { stored, lines, refresh } = world();
    stored.isAway = true;
    await refresh();
    expect(lines).toEqual(['account-limit-not-refreshed']);
  });
});
