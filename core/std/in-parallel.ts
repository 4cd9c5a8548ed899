/**
 * Runs `work` for each item, at most `limit` at a time, and returns the results in the order of the items.
 * `work` should return failures instead of throwing them: the first error that it throws rejects the call,
 * while the remaining work continues and its results are lost.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const pending = items.entries(); // shared: each worker takes the next item
  const worker = async () => {
    for (const [index, item] of pending) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
