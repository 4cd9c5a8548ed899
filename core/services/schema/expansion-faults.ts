import type { Fault } from '../../contract/problem-schema.ts';
import { childPointer } from './json-pointer.ts';
import { subSchemas } from './keywords.ts';
import { resolveReference, type SchemaIndex } from './schema-index.ts';

/** How many schemas may apply to one value at once. */
const maxApplied = 10_000;

interface Walk {
  readonly index: SchemaIndex;
  /** How many schemas apply to a value to which the schema at the pointer applies; undefined while it is counted. */
  readonly applied: Map<string, number | undefined>;
  readonly faults: Fault[];
}

/**
 * Faults of references that never get anywhere: a schema that applies itself again to the same value, and one that
 * applies more than 10,000 schemas to one value (references to references double with every step).
 */
export function expansionFaults(index: SchemaIndex): readonly Fault[] {
  const walk: Walk = { index, applied: new Map(), faults: [] };
  for (const pointer of index.schemas.keys()) count(walk, pointer);
  return walk.faults;
}

function count(walk: Walk, pointer: string): number {
  if (walk.applied.has(pointer)) return walk.applied.get(pointer) ?? 0;
  walk.applied.set(pointer, undefined);
  let total = 1;
  for (const { from, to } of appliedHere(walk.index, pointer)) {
    if (walk.applied.has(to) && walk.applied.get(to) === undefined) {
      walk.faults.push({
        pointer: from,
        detail: 'leads back to itself without going deeper',
        keyword: '$ref',
      });
    } else {
      total += count(walk, to);
    }
  }
  if (total > maxApplied) {
    walk.faults.push({
      pointer,
      detail: `applies more than ${maxApplied} schemas to one value`,
      keyword: '$ref',
    });
    total = 1;
  }
  walk.applied.set(pointer, total);
  return total;
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
