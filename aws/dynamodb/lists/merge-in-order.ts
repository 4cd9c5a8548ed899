import type { Order } from './indexed-job-ids.ts';

type Keys = AsyncIterator<string, void>;

/** Where a key stands to another one: negative when it comes first. */
export type CompareKeys = (left: string, right: string) => number;

/** Compares keys as DynamoDB does, by their bytes in UTF-8, in either direction. */
export function byBytes(order: Order): CompareKeys {
  const direction = order === 'asc' ? 1 : -1;
  return (left, right) => direction * Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/**
 * Merges lists of keys that are in order. A key that comes from several lists comes once: a job may be seen in two
 * partitions of an index while it moves from one to the other.
 */
export async function* mergeInOrder(
  lists: readonly Keys[],
  compare: CompareKeys,
): AsyncGenerator<string, void> {
  const heads = await Promise.all(lists.map((list) => list.next()));
  for (let first = firstOf(heads, compare); first !== undefined; first = firstOf(heads, compare)) {
    yield first;
    for (const [index, list] of lists.entries()) {
      if (heads[index]?.value === first) heads[index] = await list.next();
    }
  }
}

function firstOf(
  heads: ReadonlyArray<IteratorResult<string, void>>,
  compare: CompareKeys,
): string | undefined {
  return heads.reduce<string | undefined>((first, head) => {
    if (head.done === true) return first;
    return first === undefined || compare(head.value, first) < 0 ? head.value : first;
  }, undefined);
}
