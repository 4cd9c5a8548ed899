import type { JobCounts } from './job-counts.ts';

/**
 * The differences between counts and the pinned counts, with a sentence for each amount that grew, fell, is new or is missing.
 */
export function costChanges(pinned: JobCounts, counted: JobCounts): readonly string[] {
  const [before, after] = [amounts(pinned), amounts(counted)];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => change(name, before.get(name) ?? 0, after.get(name) ?? 0));
}

function change(name: string, before: number, after: number): readonly string[] {
  if (after === before) return [];
  return after > before
    ? [`${name} grew from ${before} to ${after}: every job would cost more`]
    : [`${name} fell from ${before} to ${after}: lower the pin in test/cost/job-pins.ts`];
}

/** Every amount under a separate name. */
function amounts(counts: JobCounts): ReadonlyMap<string, number> {
  const rows = Object.entries(counts).flatMap(([kind, value]: [string, number | Record<string, number>]) =>
    typeof value === 'number'
      ? [[kind, value] as const]
      : Object.entries(value).map(([name, amount]) => [`${kind} of ${name}`, amount] as const),
  );
  return new Map(rows);
}
