import { expect, test } from 'vitest';
import type { RetentionStore } from '../../../core/ports/retention-store.ts';

/** The contract of every retention store; `makeStore` returns an empty one with these tenants. */
export function describeRetentionStore(
  makeStore: (tenants: readonly string[]) => Promise<RetentionStore>,
): void {
  test('contains no round and no tenant at first, and nothing is deleted', async () => {
    const store = await makeStore([]);
    expect([await store.round(), await store.tenants(), await store.deletedBefore('acme')]).toEqual([
      undefined,
      [],
      0,
    ]);
  });

  test('returns the tenants in the order of their names', async () => {
    const store = await makeStore(['two', 'one', 'three']);
    expect(await store.tenants()).toEqual(['one', 'three', 'two']);
  });

  test('returns the last saved round unchanged', async () => {
    const store = await makeStore([]);
    const round = { startedAt: 7, isDone: false, tenant: 'acme', after: 'somewhere', oldestKept: 5 };
    await store.saveRound(round);
    expect(await store.round()).toEqual(round);
    await store.saveRound({ startedAt: 8, isDone: true });
    expect(await store.round()).toEqual({ startedAt: 8, isDone: true });
  });

  test('stores for each tenant separately the time before which all jobs are deleted', async () => {
    const store = await makeStore([]);
    await store.saveDeletedBefore('acme', 1000);
    await store.saveDeletedBefore('other', 2000);
    await store.saveDeletedBefore('acme', 3000);
    expect(await Promise.all(['acme', 'other', 'third'].map(store.deletedBefore))).toEqual([3000, 2000, 0]);
    expect(await store.round()).toBeUndefined();
  });
}
