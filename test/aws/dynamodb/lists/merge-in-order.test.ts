import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byBytes, mergeInOrder } from '../../../../aws/dynamodb/lists/merge-in-order.ts';

async function* listOf(keys: readonly string[]): AsyncGenerator<string, void> {
  yield* keys;
}

describe('mergeInOrder', () => {
  test.each(['asc', 'desc'] as const)(
    'returns every key of every list once, %sending by its bytes',
    async (order) => {
      const compare = byBytes(order);
      const inOrder = fc
        .uniqueArray(fc.string({ unit: 'binary', maxLength: 2 }))
        .map((keys) => keys.sort(compare));
      const property = fc.asyncProperty(fc.array(inOrder, { maxLength: 5 }), async (lists) => {
        const merged = await Array.fromAsync(mergeInOrder(lists.map(listOf), compare));
        expect(merged).toStrictEqual([...new Set(lists.flat())].sort(compare));
      });
      await fc.assert(property);
    },
  );

  test('reads at most one key ahead from each list', async () => {
    let taken = 0;
    async function* counted(): AsyncGenerator<string, void> {
      for (const key of ['e', 'd', 'c', 'b', 'a']) {
        taken += 1;
        yield key;
      }
    }
    const merged = mergeInOrder([counted(), listOf(['z'])], byBytes('desc'));
    expect((await merged.next()).value).toBe('z');
    expect((await merged.next()).value).toBe('e');
    expect(taken).toBe(1);
  });
});

describe('byBytes', () => {
  test('sorts a character beyond 16 bits after every other, as UTF-8 does and JavaScript does not', () => {
    const keys = ['\u{10000}', '\uffee'];
    expect(keys.toSorted(byBytes('asc'))).toStrictEqual(['\uffee', '\u{10000}']);
    expect(keys.toSorted()).toStrictEqual(keys);
  });
});
