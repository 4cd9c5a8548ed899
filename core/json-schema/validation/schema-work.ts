import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonArray, isJsonObject } from '../schema/json-kind.ts';
import { subSchemas } from '../schema/keywords.ts';

/** Deeper schemas count as unlimited work, which only means that their checks run under a time limit. */
const maxDepth = 200;
/** `multipleOf` computes with numbers of many digits. */
const workOfMultipleOf = 1000;

interface Walk {
  readonly targets: ReadonlyMap<string, JsonObject>;
  /** Work of each schema; undefined while it is added up. */
  readonly known: Map<JsonObject, number | undefined>;
}

/**
 * An upper bound of the work that a schema makes for each place of a value, in comparisons: what its keywords compare, with
 * every schema that it applies, as often as it applies it. Infinite for a schema that applies itself again further in.
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
  return [...inside.map((held) => held.schema), target].filter((held) => isJsonObject(held));
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
