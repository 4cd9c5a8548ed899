import { expect, test } from 'vitest';
import { typicalDuration } from '../../../../core/jobs/queries/typical-duration.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { memoryJobCounters } from '../../../support/memory/memory-job-counters.ts';

const key = { tenant: 'local', service: 'echo' };

test('a duration is the mean of the newest day on which a successful job was created', async () => {
  const counters = memoryJobCounters();
  const count = (day: string, ...milliseconds: readonly number[]) =>
    counters.count(
      { ...key, day },
      milliseconds.map((durationMs, index) => ({
        jobId: jobIdAt(Date.parse(day) + index),
        status: durationMs === 0 ? 'failed' : 'succeeded',
        durationMs,
      })),
    );
  expect(await typicalDuration({ counters }, key)).toBeUndefined();
  await count('2026-11-20', 60_000);
  expect(await typicalDuration({ counters }, key)).toBe(60);
  await count('2026-11-21', 1000, 2000, 0);
  await count('2026-11-22', 0, 0);
  expect(await typicalDuration({ counters }, key)).toBe(1.5);
  expect(await typicalDuration({ counters }, { ...key, service: 'other' })).toBeUndefined();
});

test('a duration is unknown after a week without success', async () => {
  const counters = memoryJobCounters();
  const failed = { jobId: jobIdAt(1), status: 'failed', durationMs: 5 } as const;
  await counters.count({ ...key, day: '2026-11-01' }, [{ ...failed, status: 'succeeded' }]);
  for (let day = 2; day <= 8; day += 1) await counters.count({ ...key, day: `2026-11-0${day}` }, [failed]);
  expect(await typicalDuration({ counters }, key)).toBeUndefined();
});
