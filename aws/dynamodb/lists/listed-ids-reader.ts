import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import type { ReadBatch } from './fill-page.ts';
import { byBytes } from './merge-in-order.ts';
import type { ListSpan, Records } from './records.ts';

/** Reads the records with the given IDs in the order of the IDs, each once. */
export function readByIds<Value>(
  { getMany }: Records<Value>,
  ids: readonly string[],
  { order, from, to, after }: ListSpan,
): ReadBatch<Value> {
  const compare = byBytes(order);
  const remaining = [...new Set(ids)]
    .filter((id) => id >= from && id <= to && (after === undefined || compare(id, after) > 0))
    .sort(compare);
  return async (count) => {
    const taken = remaining.splice(0, count);
    const next = remaining.length === 0 ? undefined : taken.at(-1);
    return { values: await getMany(taken), examined: taken.length, ...omitUndefined({ next }) };
  };
}
