import type { Violation } from '../../contract/problems/problem-schema.ts';
import { childPointer } from './json-pointer.ts';
import { subSchemas } from './keywords.ts';
import { resolveReference, type SchemaIndex } from './schema-index.ts';

/** The maximum number of schemas that may apply to one value. */
const maxAppliedSchemas = 10_000;
/** The maximum nesting of these schemas: evaluation recurses into each one, and the call stack is limited. */
const maxNesting = 200;

interface Expansion {
  readonly applied: number;
  readonly nesting: number;
}

const singleSchema: Expansion = { applied: 1, nesting: 1 };

interface Walk {
  readonly index: SchemaIndex;
  /**
   * By pointer, how many schemas apply where the schema at the pointer applies; undefined while they are
   * counted.
   */
  readonly known: Map<string, Expansion | undefined>;
  readonly violations: Violation[];
}

/**
 * Finds schemas that cannot be evaluated in bounded work: a schema that applies itself again to the same
 * value, a schema that applies more than 10,000 schemas to one value (references to references can double the
 * number at each step), and a schema that applies more than 200 schemas nested in each other.
 */
export function expansionViolations(index: SchemaIndex): readonly Violation[] {
  const walk: Walk = { index, known: new Map(), violations: [] };
  for (const pointer of index.schemas.keys()) expand(walk, pointer, 1);
  return walk.violations;
}

function expand(walk: Walk, pointer: string, level: number): Expansion {
  if (walk.known.has(pointer)) return walk.known.get(pointer) ?? singleSchema;
  // The loop in `expansionViolations` visits the remaining schemas on their own, so that this recursion stays
  // bounded.
  if (level > maxNesting) return reject(walk, pointer, nestedTooDeep);
  walk.known.set(pointer, undefined);
  let applied = 1;
  let nesting = 1;
  for (const { from, to } of appliedHere(walk.index, pointer)) {
    if (walk.known.has(to) && walk.known.get(to) === undefined) {
      reject(walk, from, 'refers back to itself at the same level of the value');
    } else {
      const below = expand(walk, to, level + 1);
      applied += below.applied;
      nesting = Math.max(nesting, 1 + below.nesting);
    }
  }
  const violation = violationOf({ applied, nesting });
  const expansion = violation === undefined ? { applied, nesting } : reject(walk, pointer, violation);
  walk.known.set(pointer, expansion);
  return expansion;
}

const nestedTooDeep = `applies more than ${maxNesting} nested schemas to one value`;

function violationOf({ applied, nesting }: Expansion): string | undefined {
  if (applied > maxAppliedSchemas) return `applies more than ${maxAppliedSchemas} schemas to one value`;
  return nesting > maxNesting ? nestedTooDeep : undefined;
}

/**
 * Reports a violation and continues as if the schema had no nested schemas, so that one chain has only one
 * violation.
 */
function reject({ violations }: Walk, pointer: string, detail: string): Expansion {
  violations.push({ pointer, detail, keyword: '$ref' });
  return singleSchema;
}

function appliedHere(index: SchemaIndex, pointer: string) {
  const schema = index.schemas.get(pointer);
  if (schema === undefined || typeof schema === 'boolean') return [];
  const nesting = subSchemas(schema)
    .filter(({ reach }) => reach === 'same')
    .map(({ path }) => path.reduce(childPointer, pointer))
    .map((child) => ({ from: child, to: child }));
  const { $ref } = schema;
  const target = typeof $ref === 'string' ? resolveReference(index, $ref) : undefined;
  return target === undefined ? nesting : [...nesting, { from: childPointer(pointer, '$ref'), to: target }];
}
