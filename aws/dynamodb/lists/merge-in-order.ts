import type { Order } from './indexed-job-ids.ts';

type Keys = AsyncIterator<string, void>;

/** Compares two keys: negative when the left key sorts first. */
export type CompareKeys = (left: string, right: string) => number;

/** Returns a comparison by the bytes in UTF-8, as in DynamoDB, in either direction. */
export function byBytes(order: Order): CompareKeys {
  const direction = order === 'asc' ? 1 : -1;
  return (left, right) => direction * Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/**
 * Merges sorted lists of keys. A key that is in several lists is returned once: a job may be in two
 * partitions of an index for a moment when it changes from one to the other.
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
