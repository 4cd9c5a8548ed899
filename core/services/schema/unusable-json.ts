import type { JsonValue } from '../../contract/json.ts';
import type { Fault } from '../../contract/problem-schema.ts';
import { isJsonArray } from './json-kind.ts';
import { childPointer } from './json-pointer.ts';

/** Deeper values are not looked into; the API's own limit for a body is 64. */
const maxDepth = 256;
/** More faults than this are not reported. */
const maxFaults = 1000;
/** Of all pointers together: one name may be as long as a body. */
const maxPointerCharacters = 1_000_000;

/** Pointers are made for faults only: a value of 4 MB may have millions of places. */
interface Walk {
  readonly root: string;
  readonly path: (string | number)[];
  readonly faults: Fault[];
  charactersLeft: number;
}

/**
 * The first 1,000 faults that no schema can express: a number beyond what a double holds (`JSON.parse('1e999')` gives
 * Infinity, which would be written back as null), a name that is not well-formed Unicode (it cannot be written as UTF-8),
 * and a depth above 256.
 */
export function unusableJson(value: JsonValue, pointer: string): readonly Fault[] {
  const walk: Walk = { root: pointer, path: [], faults: [], charactersLeft: maxPointerCharacters };
  visit(value, walk);
  return walk.faults;
}

function visit(value: JsonValue, walk: Walk): void {
  if (isFull(walk)) return;
  if (typeof value === 'number' && !Number.isFinite(value)) {
    report(walk, { detail: 'must be a number that a double can hold', keyword: 'type' });
  }
  if (typeof value !== 'object' || value === null) return;
  if (walk.path.length >= maxDepth) {
    report(walk, { detail: `must be nested at most ${maxDepth} deep`, keyword: 'depth' });
  } else if (isJsonArray(value)) {
    value.forEach((item, index) => {
      within(walk, index, () => visit(item, walk));
    });
  } else {
    for (const name of Object.keys(value)) {
      within(walk, name, () => {
        if (name.isWellFormed()) visit(value[name] ?? null, walk);
        else report(walk, { detail: 'its name must be well-formed Unicode', keyword: 'unicode' });
      });
    }
  }
}

function within(walk: Walk, segment: string | number, work: () => void): void {
  walk.path.push(segment);
  work();
  walk.path.pop();
}

function isFull({ faults, charactersLeft }: Walk): boolean {
  return faults.length >= maxFaults || charactersLeft <= 0;
}

function report(walk: Walk, fault: Omit<Fault, 'pointer'>): void {
  if (isFull(walk)) return;
  const pointer = walk.path.reduce<string>(childPointer, walk.root);
  walk.charactersLeft -= pointer.length;
  walk.faults.push({ pointer, ...fault });
}
