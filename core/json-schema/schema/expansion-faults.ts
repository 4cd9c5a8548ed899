import type { Fault } from '../../contract/problems/problem-schema.ts';
import { childPointer } from './json-pointer.ts';
import { subSchemas } from './keywords.ts';
import { resolveReference, type SchemaIndex } from './schema-index.ts';

/** How many schemas may apply to one value at once. */
const maxApplied = 10_000;
/** How far they may be inside each other: evaluation calls itself for each, and the stack of a function ends. */
const maxInside = 200;

interface Expansion {
  readonly applied: number;
  readonly inside: number;
}

const nothingInside: Expansion = { applied: 1, inside: 1 };

interface Walk {
  readonly index: SchemaIndex;
  /** The schemas that apply to a value to which the schema at the pointer applies; undefined while they are counted. */
  readonly known: Map<string, Expansion | undefined>;
  readonly faults: Fault[];
}

/**
 * Faults of references that never get anywhere: a schema that applies itself again to the same value, one that applies more
 * than 10,000 schemas to one value (references to references double with every step), and one that applies more than 200
 * inside each other.
 */
export function expansionFaults(index: SchemaIndex): readonly Fault[] {
  const walk: Walk = { index, known: new Map(), faults: [] };
  for (const pointer of index.schemas.keys()) expand(walk, pointer, 1);
  return walk.faults;
}

function expand(walk: Walk, pointer: string, level: number): Expansion {
  if (walk.known.has(pointer)) return walk.known.get(pointer) ?? nothingInside;
  // The rest is counted from where it begins, so that counting itself goes no deeper.
  if (level > maxInside) return refused(walk, pointer, tooFarInside);
  walk.known.set(pointer, undefined);
  let [applied, inside] = [1, 1];
  for (const { from, to } of appliedHere(walk.index, pointer)) {
    if (walk.known.has(to) && walk.known.get(to) === undefined) {
      refused(walk, from, 'leads back to itself without going deeper');
    } else {
      const below = expand(walk, to, level + 1);
      applied += below.applied;
      inside = Math.max(inside, 1 + below.inside);
    }
  }
  const fault = faultOf({ applied, inside });
  const expansion = fault === undefined ? { applied, inside } : refused(walk, pointer, fault);
  walk.known.set(pointer, expansion);
  return expansion;
}

const tooFarInside = `applies more than ${maxInside} schemas inside each other to one value`;

function faultOf({ applied, inside }: Expansion): string | undefined {
  if (applied > maxApplied) return `applies more than ${maxApplied} schemas to one value`;
  return inside > maxInside ? tooFarInside : undefined;
}

/** Counts on from there as if nothing was inside, so that one chain has one fault. */
function refused({ faults }: Walk, pointer: string, detail: string): Expansion {
  faults.push({ pointer, detail, keyword: '$ref' });
  return nothingInside;
}

function appliedHere(index: SchemaIndex, pointer: string) {
  const schema = index.schemas.get(pointer);
  if (schema === undefined || typeof schema === 'boolean') return [];
  const inside = subSchemas(schema)
    .filter(({ reach }) => reach === 'same')
    .map(({ path }) => path.reduce(childPointer, pointer))
    .map((place) => ({ from: place, to: place }));
  const { $ref } = schema;
  const target = typeof $ref === 'string' ? resolveReference(index, $ref) : undefined;
  return target === undefined ? inside : [...inside, { from: childPointer(pointer, '$ref'), to: target }];
}
