import { describe, expect, test } from 'vitest';
import { durationCache } from '../../../../core/jobs/waiting/duration-cache.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';

/** A store with manual responses, and the cached durations. */
function world() {
  const deps = testDeps();
  const queries: string[] = [];
  let result: () => Promise<number | undefined> = async () => 7;
  const cache = durationCache(async (tenant, name) => {
    queries.push(`${tenant}/${name}`);
    return result();
  }, deps);
  const respondWith = (next: () => Promise<number | undefined>) => {
    result = next;
  };
  return { ...deps, cache, queries, respondWith };
}

describe('durationCache', () => {
  test('queries the store once a minute for each service of each tenant', async () => {
    const { cache, queries, clock, respondWith } = world();
    expect(await cache.fetchDuration('a', 'echo')).toBe(7);
    respondWith(async () => 9);
    await clock.sleep(59_999);
    expect([await cache.fetchDuration('a', 'echo'), cache.cachedOrPrefetch('a', 'echo')]).toEqual([7, 7]);
    await clock.sleep(1);
    expect(await cache.fetchDuration('a', 'echo')).toBe(9);
    expect(await cache.fetchDuration('a', 'other')).toBe(9);
    expect(await cache.fetchDuration('b', 'echo')).toBe(9);
    expect(queries).toEqual(['a/echo', 'a/echo', 'a/other', 'b/echo']);
  });

  test('caches unknown durations too', async () => {
    const { cache, queries, respondWith } = world();
    respondWith(async () => undefined);
    expect([await cache.fetchDuration('a', 'echo'), await cache.fetchDuration('a', 'echo')]).toEqual([
      undefined,
      undefined,
    ]);
    expect(queries).toHaveLength(1);
  });

  test('shares one read among many concurrent calls', async () => {
    const { cache, queries } = world();
    const answers = await Promise.all([1, 2, 3].map(() => cache.fetchDuration('a', 'echo')));
    expect([answers, queries.length]).toEqual([[7, 7, 7], 1]);
  });

  test('returns cached durations immediately, and reads the others for the next call', async () => {
    const { cache, queries, clock, respondWith } = world();
    expect(cache.cachedOrPrefetch('a', 'echo')).toBeUndefined();
    await cache.fetchDuration('a', 'echo');
    expect(cache.cachedOrPrefetch('a', 'echo')).toBe(7);
    await clock.sleep(60_000);
    respondWith(async () => 9);
    expect(cache.cachedOrPrefetch('a', 'echo')).toBe(7);
    await cache.fetchDuration('a', 'echo');
    expect([cache.cachedOrPrefetch('a', 'echo'), queries.length]).toEqual([9, 2]);
  });

  test('keeps its values when a read fails, and reads again a minute later', async () => {
    const { cache, queries, clock, respondWith, lines } = world();
    await cache.fetchDuration('a', 'echo');
    await clock.sleep(60_000);
    respondWith(async () => {
      throw new Error('the table is away');
    });
    expect([await cache.fetchDuration('a', 'echo'), await cache.fetchDuration('a', 'echo')]).toEqual([7, 7]);
    expect([queries.length, lines]).toEqual([2, ['durations-unavailable']]);
    await clock.sleep(60_000);
    respondWith(async () => 9);
    expect(await cache.fetchDuration('a', 'echo')).toBe(9);
  });

  test('keeps 500 services and evicts the least recently used one', async () => {
    const { cache, queries } = world();
    for (let count = 0; count <= 500; count += 1) {
      await cache.fetchDuration('a', `service-${count}`);
      await cache.fetchDuration('a', 'service-0');
    }
    expect(queries).toHaveLength(501);
    await cache.fetchDuration('a', 'service-1');
    expect(queries).toHaveLength(502);
  });
});
