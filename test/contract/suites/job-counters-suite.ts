import { beforeEach, expect, test } from 'vitest';
import { maxRemembered } from '../../../core/jobs/queries/add-ends.ts';
import type { CounterKey, EndedStatus, JobCounters, JobEnd } from '../../../core/ports/job-counters.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { someTime } from '../../support/jobs/jobs.ts';

/** The contract of all job counters. `makeCounters` returns empty ones; the caller cleans up. */
export function describeJobCounters(makeCounters: () => Promise<JobCounters>): void {
  let counters: JobCounters;
  beforeEach(async () => {
    counters = await makeCounters();
  });

  const key = (service = 'echo', day = '2026-11-21', tenant = 'local'): CounterKey => ({
    tenant,
    service,
    day,
  });
  const end = (index: number, status: EndedStatus = 'succeeded', durationMs = 10): JobEnd => ({
    jobId: jobIdAt(someTime + index),
    status,
    durationMs: durationMs,
  });
  const none = { succeeded: 0, failed: 0, error: 0, aborted: 0 };
  const listed = (query: Partial<Parameters<JobCounters['list']>[0]> = {}) =>
    counters.list({ tenant: 'local', limit: 100, ...query });

  test('counts ends by state, and the duration of successful jobs', async () => {
    await counters.count(key(), [end(1, 'succeeded', 7), end(2, 'failed', 1000), end(3, 'succeeded', 5)]);
    await counters.count(key(), [end(4, 'error'), end(5, 'aborted'), end(6, 'failed')]);
    expect(await listed()).toStrictEqual([
      { ...key(), counts: { succeeded: 2, failed: 2, error: 1, aborted: 1 }, durationMs: 12 },
    ]);
  });

  test('counts a repeated end once, alone, within one call or among others', async () => {
    await counters.count(key(), [end(1), end(2), end(1)]);
    await counters.count(key(), [end(1)]);
    await counters.count(key(), [end(2), end(3), end(1)]);
    expect(await listed()).toMatchObject([{ counts: { ...none, succeeded: 3 }, durationMs: 30 }]);
  });

  test('counts a batch once that is repeated after as many others as the store remembers', async () => {
    const batch = Array.from({ length: 100 }, (_, index) => end(index));
    await counters.count(key(), batch);
    await counters.count(
      key(),
      Array.from({ length: maxRemembered - batch.length }, (_, index) => end(1000 + index)),
    );
    await counters.count(key(), batch);
    expect(await listed()).toMatchObject([{ counts: { succeeded: maxRemembered } }]);
  });

  test('separates days, services and tenants', async () => {
    const keys = [key(), key('echo', '2026-11-22'), key('csv'), key(''), key('echo', '2026-11-21', 'other')];
    for (const one of keys) await counters.count(one, [end(1)]);
    const order = [key(''), key('csv'), key(), key('echo', '2026-11-22')];
    expect((await listed()).map(({ service, day }) => ({ ...key(service, day) }))).toStrictEqual(order);
    expect(await listed({ tenant: 'other' })).toHaveLength(1);
    expect(await listed({ tenant: 'nobody' })).toStrictEqual([]);
  });

  test('returns exactly the requested services and days', async () => {
    const days = ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23'];
    for (const service of ['', 'a', 'a-b', 'b'])
      for (const day of days) await counters.count(key(service, day), [end(1)]);
    const names = (found: readonly CounterKey[]) =>
      found.map(({ service, day }) => `${service} ${day.slice(8)}`);
    const between = { from: '2026-11-21', before: '2026-11-23' };
    expect(names(await listed(between))).toStrictEqual([
      ' 21',
      ' 22',
      'a 21',
      'a 22',
      'a-b 21',
      'a-b 22',
      'b 21',
      'b 22',
    ]);
    expect(names(await listed({ ...between, services: ['b', 'a', 'b', 'c'] }))).toStrictEqual([
      'a 21',
      'a 22',
      'b 21',
      'b 22',
    ]);
    expect(names(await listed({ from: '2026-11-23', services: ['a-b'] }))).toStrictEqual(['a-b 23']);
    expect(names(await listed({ before: '2026-11-21', limit: 2 }))).toStrictEqual([' 20', 'a 20']);
    expect(await listed({ from: '2026-11-23', before: '2026-11-21' })).toStrictEqual([]);
    expect(await listed({ limit: 5 })).toHaveLength(5);
    expect(names(await counters.newest({ tenant: 'local', service: 'a' }, 2))).toStrictEqual([
      'a 23',
      'a 22',
    ]);
    expect(await counters.newest({ tenant: 'local', service: 'c' }, 2)).toStrictEqual([]);
  });
}
