import { describe, expect, test } from 'vitest';
import { knownDurations } from '../../../../core/jobs/waiting/known-durations.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';

/** A store with manual responses, and the cached durations. */
function world() {
  const deps = testDeps();
  const queries: string[] = [];
  let result: () => Promise<number | undefined> = async () => 7;
  const known = knownDurations(async (tenant, name) => {
    queries.push(`${tenant}/${name}`);
    return result();
  }, deps);
  const respondWith = (next: () => Promise<number | undefined>) => {
    result = next;
  };
  return { ...deps, known, queries, respondWith };
}

describe('knownDurations', () => {
  test('queries the store once a minute for each service of each tenant', async () => {
    const { known, queries, clock, respondWith } = world();
    expect(await known.fetchDuration('a', 'echo')).toBe(7);
    respondWith(async () => 9);
    await clock.sleep(59_999);
    expect([await known.fetchDuration('a', 'echo'), known.peek('a', 'echo')]).toEqual([7, 7]);
    await clock.sleep(1);
    expect(await known.fetchDuration('a', 'echo')).toBe(9);
    expect(await known.fetchDuration('a', 'other')).toBe(9);
    expect(await known.fetchDuration('b', 'echo')).toBe(9);
    expect(queries).toEqual(['a/echo', 'a/echo', 'a/other', 'b/echo']);
  });

  test('caches unknown durations too', async () => {
    const { known, queries, respondWith } = world();
    respondWith(async () => undefined);
    expect([await known.fetchDuration('a', 'echo'), await known.fetchDuration('a', 'echo')]).toEqual([
      undefined,
      undefined,
    ]);
    expect(queries).toHaveLength(1);
  });

  test('shares one read among many concurrent calls', async () => {
    const { known, queries } = world();
    const answers = await Promise.all([1, 2, 3].map(() => known.fetchDuration('a', 'echo')));
    expect([answers, queries.length]).toEqual([[7, 7, 7], 1]);
  });

  test('returns cached durations immediately, and reads the others for the next call', async () => {
    const { known, queries, clock, respondWith } = world();
    expect(known.peek('a', 'echo')).toBeUndefined();
    await known.fetchDuration('a', 'echo');
    expect(known.peek('a', 'echo')).toBe(7);
    await clock.sleep(60_000);
    respondWith(async () => 9);
    expect(known.peek('a', 'echo')).toBe(7);
    await known.fetchDuration('a', 'echo');
    expect([known.peek('a', 'echo'), queries.length]).toEqual([9, 2]);
  });

  test('keeps its values when a read fails, and reads again a minute later', async () => {
    const { known, queries, clock, respondWith, lines } = world();
    await known.fetchDuration('a', 'echo');
    await clock.sleep(60_000);
    respondWith(async () => {
      throw new Error('the table is away');
    });
    expect([await known.fetchDuration('a', 'echo'), await known.fetchDuration('a', 'echo')]).toEqual([7, 7]);
    expect([queries.length, lines]).toEqual([2, ['durations-unavailable']]);
    await clock.sleep(60_000);
    respondWith(async () => 9);
    expect(await known.fetchDuration('a', 'echo')).toBe(9);
  });

  test('keeps 500 services and evicts the least recently used one', async () => {
    const { known, queries } = world();
    for (let count = 0; count <= 500; count += 1) {
      await known.fetchDuration('a', `service-${count}`);
      await known.fetchDuration('a', 'service-0');
    }
    expect(queries).toHaveLength(501);
    await known.fetchDuration('a', 'service-1');
    expect(queries).toHaveLength(502);
  });
});
