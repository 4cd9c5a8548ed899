/** A value as it is written in the table, and its frequency. */
export type ValueCount = { readonly value: string; readonly count: number };

const commonestLength = 10;

/** How often each value occurs, compared as text: `1` and `1.0` are two values. */
export function tallyOf(values: readonly string[]): ReadonlyMap<string, number> {
  const tally = new Map<string, number>();
  for (const value of values) tally.set(value, (tally.get(value) ?? 0) + 1);
  return tally;
}

/** The ten commonest values, most frequent first, equally frequent ones by their UTF-16 code units. */
export function commonestOf(tally: ReadonlyMap<string, number>): ValueCount[] {
  return [...tally]
    .map(([value, count]) => ({ value, count }))
    .sort((left, right) => right.count - left.count || (left.value < right.value ? -1 : 1))
    .slice(0, commonestLength);
}
