import type { JsonValue } from '../../contract/json.ts';

/** Returns the size of a value as UTF-8 JSON without spaces, in bytes. */
export function jsonSizeBytes(value: JsonValue): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** Returns the nesting depth of arrays and objects: 0 for a scalar. Stops at `limit + 1`. */
export function jsonDepth(value: JsonValue, limit: number): number {
  let level: readonly JsonValue[] = [value];
  for (let depth = 0; depth <= limit; depth += 1) {
    const containers = level.filter((member) => typeof member === 'object' && member !== null);
    if (containers.length === 0) return depth;
    level = containers.flatMap((member) => Object.values(member ?? {}));
  }
  return limit + 1;
}

/**
 * Returns the length of the longest pointer into a value, without escapes. The depth of the value must be
 * bounded.
 */
export function longestPointer(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (longest, [name, member]) => Math.max(longest, 1 + name.length + longestPointer(member)),
    0,
  );
}
