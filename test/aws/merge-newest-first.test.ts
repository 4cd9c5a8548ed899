import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeNewestFirst } from '../../aws/merge-newest-first.ts';

async function* listOf(ids: readonly string[]): AsyncGenerator<string, void> {
  yield* ids;
}

describe('mergeNewestFirst', () => {
  it('gives every id of every list once, the greatest first', async () => {
    const descending = fc.uniqueArray(fc.string({ maxLength: 2 })).map((ids) => ids.sort().reverse());
    const property = fc.asyncProperty(fc.array(descending, { maxLength: 5 }), async (lists) => {
      const merged = await Array.fromAsync(mergeNewestFirst(lists.map(listOf)));
      expect(merged).toStrictEqual([...new Set(lists.flat())].sort().reverse());
    });
    await fc.assert(property);
  });

  it('takes no more from a list than one id ahead', async () => {
    let taken = 0;
    async function* counted(): AsyncGenerator<string, void> {
      for (const id of ['e', 'd', 'c', 'b', 'a']) {
        taken += 1;
        yield id;
      }
    }
    const merged = mergeNewestFirst([counted(), listOf(['z'])]);
    expect((await merged.next()).value).toBe('z');
    expect((await merged.next()).value).toBe('e');
    expect(taken).toBe(1);
  });
});
