import { describe, expect, test } from 'vitest';
import { inParallel } from '../../../core/std/in-parallel.ts';

describe('inParallel', () => {
  test('returns the results in the order of the items, whichever ends first', async () => {
    const ends: (() => void)[] = [];
    const work = (item: string, index: number) =>
      new Promise<string>((resolve) => ends.push(() => resolve(`${item}${index}`)));
    const results = inParallel(['a', 'b', 'c'], 3, work);
    for (const end of ends.reverse()) end();
    expect(await results).toEqual(['a0', 'b1', 'c2']);
  });

  test.each([
    [0, 0],
    [2, 2],
    [3, 3],
    [10, 3],
  ])('processes %i items %i at a time, each once', async (count, most) => {
    const items = Array.from({ length: count }, (_, index) => index);
    const seen: number[] = [];
    let [now, peak] = [0, 0];
    await inParallel(items, 3, async (item) => {
      seen.push(item);
      now += 1;
      peak = Math.max(peak, now);
      await Promise.resolve();
      now -= 1;
    });
    expect([seen, peak]).toEqual([items, most]);
  });
});
