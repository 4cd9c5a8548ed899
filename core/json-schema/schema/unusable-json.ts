import type { JsonValue } from '../../contract/json.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import { isJsonArray } from './json-kind.ts';
import { addViolation, emptyViolationList, isFull, type ViolationList } from './violation-list.ts';

/** Deeper values are not traversed; the API's own limit for a body is 64. */
const maxDepth = 256;

/** Pointers are built for violations only: a value of 4 MB may have millions of locations. */
interface Walk {
  readonly root: string;
  readonly path: (string | number)[];
  readonly found: ViolationList;
}

/**
 * Returns the first 1,000 violations that no schema can express: a number beyond the range of a double
 * (`JSON.parse('1e999')` returns Infinity, which would be serialized as null), a name that is not well-formed
 * Unicode (it cannot be encoded in UTF-8), and a depth above 256. `literalViolations` finds the violations that are
 * visible only in the JSON text.
 */
export function unusableJson(value: JsonValue, pointer: string): readonly Violation[] {
  const walk: Walk = { root: pointer, path: [], found: emptyViolationList() };
  visit(value, walk);
  return walk.found.violations;
}

function visit(value: JsonValue, walk: Walk): void {
  if (isFull(walk.found)) return;
  if (typeof value === 'number' && !Number.isFinite(value)) {
    report(walk, { detail: 'must be a number within the range of a double', keyword: 'type' });
  }
  if (typeof value !== 'object' || value === null) return;
  if (walk.path.length >= maxDepth) {
    report(walk, { detail: `must be nested at most ${maxDepth} levels deep`, keyword: 'depth' });
  } else if (isJsonArray(value)) {
    value.forEach((item, index) => {
      within(walk, index, () => visit(item, walk));
    });
  } else {
    for (const name of Object.keys(value)) {
      within(walk, name, () => {
        if (name.isWellFormed()) visit(value[name] ?? null, walk);
        else report(walk, { detail: 'must have a name that is well-formed Unicode', keyword: 'unicode' });
      });
    }
  }
}

function within(walk: Walk, segment: string | number, work: () => void): void {
  walk.path.push(segment);
  work();
  walk.path.pop();
}

function report({ found, root, path }: Walk, violation: Omit<Violation, 'pointer'>): void {
  addViolation(found, [root, ...path], violation);
}
