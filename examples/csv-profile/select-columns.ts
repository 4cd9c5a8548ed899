import { ServiceFailure } from 'errand/worker';

/**
 * The positions in `header` of the wanted names, in the wanted order; without `wanted` all of them.
 * Throws a `ServiceFailure` that lists every unknown column and the existing ones.
 */
export function selectColumns(header: readonly string[], wanted: readonly string[] = header): number[] {
  const positions = new Map(header.map((name, index) => [name, index]));
  const found = wanted.map((name) => ({ name, position: positions.get(name) }));
  const unknown = found.filter(({ position }) => position === undefined).map(({ name }) => name);
  if (unknown.length > 0) throw unknownColumn(unknown, header);
  return found.flatMap(({ position }) => position ?? []);
}

function unknownColumn(unknown: readonly string[], header: readonly string[]): ServiceFailure {
  return new ServiceFailure(
    `The CSV has no column ${quoted(unknown)}. It has these columns: ${quoted(header)}.`,
    { type: 'unknown-column' },
  );
}

function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ');
}
