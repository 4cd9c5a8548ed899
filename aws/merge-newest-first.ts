type Ids = AsyncIterator<string, void>;

/**
 * Merges lists of ids that each begin with the greatest. An id that comes from several lists comes once: a job
 * may be seen in two partitions of an index while it moves from one to the other.
 */
export async function* mergeNewestFirst(lists: readonly Ids[]): AsyncGenerator<string, void> {
  const heads = await Promise.all(lists.map((list) => list.next()));
  for (let newest = newestOf(heads); newest !== undefined; newest = newestOf(heads)) {
    yield newest;
    for (const [index, list] of lists.entries()) {
      if (heads[index]?.value === newest) heads[index] = await list.next();
    }
  }
}

function newestOf(heads: ReadonlyArray<IteratorResult<string, void>>): string | undefined {
  return heads.reduce<string | undefined>((newest, head) => {
    if (head.done === true) return newest;
    return newest === undefined || head.value > newest ? head.value : newest;
  }, undefined);
}
