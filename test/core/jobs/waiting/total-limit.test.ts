import { describe, expect, test } from 'vitest';
import { totalLimit } from '../../../../core/jobs/waiting/total-limit.ts';
import type { AccountLimit } from '../../../../core/ports/account-limits.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';

function world(percent = 20) {
  const { clock, log, lines } = testDeps();
  const account: { limit?: AccountLimit; isAway?: boolean; reads: number } = { reads: 0 };
  const read = async () => {
    account.reads += 1;
    if (account.isAway) throw new Error('the table is away');
    return account.limit;
  };
  const limit = totalLimit({ accountLimits: { read }, clock, log, settings: { heldCallsPercent: percent } });
  return { account, limit, clock, lines };
}

const read = (concurrency: number) => ({ concurrency, readAt: 0 });

describe('the limit of concurrent long polls of all tenants', () => {
  test.each([
    [1000, 20, 200],
    [10, 20, 2],
    [4, 20, 0],
    [1000, 0, 0],
    [1000, 100, 1000],
  ])('is, for a concurrency of %i at %i percent, %i', async (concurrency, percent, expected) => {
    const { account, limit } = world(percent);
    account.limit = read(concurrency);
    expect(await limit()).toBe(expected);
  });

  test('is the limit of the smallest account until the real one was read', async () => {
    const { account, limit, clock } = world();
    expect(await limit()).toBe(2);
    account.limit = read(1000);
    await clock.sleep(60_000);
    expect(await limit()).toBe(200);
  });

  test('is read once a minute, however many calls need it', async () => {
    const { account, limit, clock } = world();
    account.limit = read(1000);
    await Promise.all([limit(), limit(), limit()]);
    await clock.sleep(59_999);
    expect([await limit(), account.reads]).toEqual([200, 1]);
    await clock.sleep(1);
    expect([await limit(), account.reads]).toEqual([200, 2]);
  });

  test('does not change while it cannot be read', async () => {
    const { account, limit, clock, lines } = world();
    account.limit = read(500);
    expect(await limit()).toBe(100);
    account.isAway = true;
    await clock.sleep(60_000);
    expect([await limit(), lines]).toEqual([100, ['account-limit-unavailable']]);
  });
});
