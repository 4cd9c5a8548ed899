import type { JsonValue } from '../../contract/json.ts';
import type { Fault } from '../../contract/problem-schema.ts';
import { childPointer } from './json-pointer.ts';

/** Deeper values are not looked into; the API's own limit for a body is 64. */
const maxDepth = 256;

/**
 * Faults that no schema can express: a number beyond what a double holds (`JSON.parse('1e999')` gives Infinity, which
 * would be written back as null), a name that is not well-formed Unicode (it cannot be written as UTF-8), and a depth
 * above 256.
 */
export function unusableJson(value: JsonValue, pointer: string): readonly Fault[] {
  const faults: Fault[] = [];
  visit(value, pointer, { faults, depth: 0 });
  return faults;
}

function visit(
  value: JsonValue,
  pointer: string,
  state: { readonly faults: Fault[]; readonly depth: number },
): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    state.faults.push({ pointer, detail: 'must be a number that a double can hold', keyword: 'type' });
  }
  if (typeof value !== 'object' || value === null) return;
  if (state.depth >= maxDepth) {
    state.faults.push({ pointer, detail: `must be nested at most ${maxDepth} deep`, keyword: 'depth' });
    return;
  }
  const below = { faults: state.faults, depth: state.depth + 1 };
  for (const [key, member] of Object.entries(value)) {
    const place = childPointer(pointer, key);
    if (key.isWellFormed()) visit(member, place, below);
    else
      state.faults.push({
        pointer: place,
        detail: 'its name must be well-formed Unicode',
        keyword: 'unicode',
      });
  }
}
