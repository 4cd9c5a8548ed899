import { describe, expect, test } from 'vitest';
import { planFor } from './plan.ts';
import { runSeed } from './run-seed.ts';
import { simulate } from './simulate.ts';

const seeds = Array.from({ length: 300 }, (_, seed) => seed);

describe('jobs under any interleaving and any fault of a port', () => {
  test('violate no invariant and all end in time', async () => {
    const ends = new Set<string>();
    for (const seed of seeds) {
      const outcome = await runSeed(seed);
      if ('message' in outcome)
        throw new Error(`Seed ${seed}: ${outcome.message}\n${outcome.trace.join('\n')}`);
      for (const { status, failure } of outcome.jobs) ends.add(failure?.code ?? status);
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
  }, 240_000);

  test('follow the same steps with the same seed', async () => {
    const [one, two] = [await simulate(planFor(17)), await simulate(planFor(17))];
    expect(two).toEqual(one);
    expect((await simulate(planFor(18))).changes).not.toEqual(one.changes);
  });
});
