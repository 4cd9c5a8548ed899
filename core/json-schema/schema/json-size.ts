import type { JsonValue } from '../../contract/json.ts';

/** Bytes of a value as UTF-8 JSON without spaces. */
export function jsonSizeBytes(value: JsonValue): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/** How many arrays and objects are inside each other at the deepest place: 0 for a plain value. Stops above `limit`. */
export function jsonDepth(value: JsonValue, limit: number): number {
  let level: readonly JsonValue[] = [value];
  for (let depth = 0; depth <= limit; depth += 1) {
    const containers = level.filter((member) => typeof member === 'object' && member !== null);
    if (containers.length === 0) return depth;
    level = containers.flatMap((member) => Object.values(member ?? {}));
  }
  return limit + 1;
}

/** How many characters the longest pointer to a place in a value has, without escapes; the value's depth is bounded. */
export function longestPointer(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (longest, [name, member]) => Math.max(longest, 1 + name.length + longestPointer(member)),
    0,
  );
}
