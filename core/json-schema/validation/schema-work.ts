import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonArray, isJsonObject } from '../schema/json-kind.ts';
import { subSchemas } from '../schema/keywords.ts';

/** Deeper schemas count as unbounded work, so their checks run with a time limit. */
const maxDepth = 200;
/** `multipleOf` calculates with big integers. */
const workOfMultipleOf = 1000;

interface Walk {
  readonly targets: ReadonlyMap<string, JsonObject>;
  /** The work of each schema; undefined while it is being computed. */
  readonly known: Map<JsonObject, number | undefined>;
}

/**
 * Returns an upper bound of the work that a schema causes per location of a value, in comparisons. It
 * includes every schema that it applies, as often as it applies it. Infinite for a schema that applies itself
 * at a deeper level.
 */
export function workPerLocation(root: JsonObject, targets: ReadonlyMap<string, JsonObject>): number {
  return workOf({ targets, known: new Map() }, root, 0);
}

function workOf(walk: Walk, schema: JsonObject, depth: number): number {
  if (walk.known.has(schema)) return walk.known.get(schema) ?? Number.POSITIVE_INFINITY;
  if (depth > maxDepth) return Number.POSITIVE_INFINITY;
  walk.known.set(schema, undefined);
  let work = ownWork(schema);
  for (const applied of appliedBy(walk, schema)) work += workOf(walk, applied, depth + 1);
  walk.known.set(schema, work);
  return work;
}

function appliedBy({ targets }: Walk, schema: JsonObject): readonly JsonObject[] {
  const inside = subSchemas(schema).filter(({ reach }) => reach !== 'none');
  const { $ref } = schema;
  const target = typeof $ref === 'string' ? targets.get($ref) : undefined;
  return [...inside.map((child) => child.schema), target].filter((child) => isJsonObject(child));
}

function ownWork(schema: JsonObject): number {
  const compared = ['enum', 'const', 'default', 'required', 'dependentRequired'];
  const characters = compared.reduce((sum, keyword) => sum + lengthOf(schema[keyword]), 0);
  const multiples = schema['multipleOf'] === undefined ? 0 : workOfMultipleOf;
  return 1 + characters + multiples + 2 * sizeOf(schema['properties']);
}

function lengthOf(value: JsonValue | undefined): number {
  return value === undefined ? 0 : JSON.stringify(value).length;
}

function sizeOf(value: JsonValue | undefined): number {
  if (isJsonArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : 0;
}
