/**
 * The differences between two JSON values, as `path: left, right`. Numbers can differ by 1e-12 of the larger
 * one; everything else must be equal.
 */
export function differences(left: unknown, right: unknown, path = ''): string[] {
  if (typeof left === 'number' && typeof right === 'number') {
    return isClose(left, right) ? [] : [`${path}: ${left}, ${right}`];
  }
  if (!isBranch(left) || !isBranch(right)) {
    return Object.is(left, right) ? [] : [`${path}: ${JSON.stringify(left)}, ${JSON.stringify(right)}`];
  }
  const [a, b] = [new Map(Object.entries(left)), new Map(Object.entries(right))];
  const keys = new Set([...a.keys(), ...b.keys()]);
  return [...keys].flatMap((key) => differences(a.get(key), b.get(key), `${path}/${key}`));
}

function isClose(left: number, right: number): boolean {
  return Math.abs(left - right) <= 1e-12 * Math.max(Math.abs(left), Math.abs(right));
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
