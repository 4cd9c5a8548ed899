import { describe, expect, test } from 'vitest';
import { planFor } from './plan.ts';
import { runSeed } from './run-seed.ts';
import { simulate } from './simulate.ts';

const seeds = Array.from({ length: 300 }, (_, seed) => seed);

describe('jobs and data objects under any interleaving and any fault of a port', () => {
  test('violate no invariant, and all jobs end in time', async () => {
    const ends = new Set<string>();
    const deletedData = new Set<string>();
    for (const seed of seeds) {
      const outcome = await runSeed(seed);
      if ('message' in outcome)
        throw new Error(`Seed ${seed}: ${outcome.message}\n${outcome.trace.join('\n')}`);
      for (const { status, failure } of outcome.jobs) ends.add(failure?.code ?? status);
      for (const { data } of outcome.data?.tombstones ?? [])
        deletedData.add(`${data.origin.kind} ${data.status}`);
    }
    const reached = [
      'aborted',
      'succeeded',
      'service-failed',
      'capacity',
      'timeout',
      'lost',
      'queue-timeout',
    ];
    expect([...ends], 'the ends that were reached').toEqual(expect.arrayContaining(reached));
    const kinds = ['upload', 'job'].flatMap((origin) =>
      ['uploading', 'available', 'failed'].map((status) => `${origin} ${status}`),
    );
    expect([...deletedData].sort(), 'the data objects that were deleted').toEqual(kinds.sort());
  }, 240_000);

  test('follow the same steps with the same seed', async () => {
    for (const seed of [17, 18]) {
      const [one, two] = [await simulate(planFor(seed)), await simulate(planFor(seed))];
      expect(two).toEqual(one);
      expect((await simulate(planFor(seed + 2))).changes).not.toEqual(one.changes);
    }
  });
});
