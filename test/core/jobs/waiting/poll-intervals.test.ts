import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pollIntervals } from '../../../../core/jobs/waiting/poll-intervals.ts';
import { someTime } from '../../../support/jobs/jobs.ts';

/** Milliseconds after the start of a long poll at which it reads its job, until its end. */
function readsUntil(end: number, usual?: number, ageAtStart = 0): readonly number[] {
  const usualEnd = usual === undefined ? undefined : someTime - ageAtStart + usual;
  const next = pollIntervals({
    startedAt: someTime,
    requestedAt: someTime - ageAtStart,
    typicalEndAt: usualEnd,
  });
  const reads: number[] = [];
  for (let at = 0; at < end; ) {
    at += next(someTime + at);
    reads.push(at);
  }
  return reads;
}

const lateness = (...given: Parameters<typeof readsUntil>) => (readsUntil(...given).at(-1) ?? 0) - given[0];

describe('the reads of a job during a long poll', () => {
  test('are frequent from the start where the duration of such jobs is unknown', () => {
    expect(readsUntil(80).map(Math.round)).toEqual([5, 13, 26, 46, 79, 131]);
  });

  test.each([
    [200, 5],
    [1000, 7],
    [5000, 10],
    [20_000, 24],
  ])(
    'of a job that ends after its typical %i ms are %i, and the last one is at most a tenth late',
    (usual, count) => {
      expect(readsUntil(usual, usual)).toHaveLength(count);
      expect(lateness(usual, usual)).toBeLessThanOrEqual(usual / 10);
      expect(count).toBeLessThan(readsUntil(usual).length);
    },
  );

  test('are at most seven a second for 330 jobs a second, so that writes stay the bottleneck', () => {
    const leftForLooks = (3000 - 2 * 330) / 330;
    for (const usual of [100, 200, 500, 1000])
      expect(readsUntil(usual, usual).length).toBeLessThanOrEqual(leftForLooks);
  });

  test('detect an end within a second, however far it is from the typical duration', () => {
    const milliseconds = fc.integer({ min: 0, max: 20_000 });
    fc.assert(
      fc.property(milliseconds, fc.option(milliseconds, { nil: undefined }), (end, usual) => {
        expect(lateness(end, usual)).toBeLessThanOrEqual(Math.min(1000, 20 + 1.6 * end));
      }),
    );
  });

  test('are at most two seconds apart for a job that is older than 40 s', () => {
    expect(readsUntil(25_000, undefined, 600_000).length).toBeLessThanOrEqual(14);
    expect(lateness(24_000, undefined, 600_000)).toBeLessThanOrEqual(2000);
    expect(readsUntil(25_000).length).toBeGreaterThan(30);
  });

  test('start the later, the longer the job is overdue', () => {
    expect(readsUntil(40, 50, 100).map(Math.round)).toEqual([5, 13, 26, 46]);
    expect(readsUntil(200, 5000, 10_000).map(Math.round)).toEqual([100, 260]);
  });
});
