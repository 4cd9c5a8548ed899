/**
 * Carries out `work` for each item, at most `parallel` at a time, and answers what came of them in the items' order.
 * `work` is to answer its failures, not to throw them: what it throws is thrown, while the rest goes on unseen.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  parallel: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const rest = items.entries(); // shared: each worker takes the next one
  const worker = async () => {
    for (const [index, item] of rest) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, worker));
  return results;
}
