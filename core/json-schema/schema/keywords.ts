import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonArray, isJsonObject } from './json-kind.ts';

/** How a keyword holds its schemas. */
export type Holding = 'one' | 'list' | 'map';
/** What the held schemas look at: the value itself, a part of it, or nothing until a `$ref` leads there. */
export type Reach = 'same' | 'part' | 'none';

/** Every keyword of JSON Schema 2020-12 that holds schemas (https://json-schema.org/draft/2020-12/schema). */
const applicators: ReadonlyMap<string, { readonly holding: Holding; readonly reach: Reach }> = new Map([
  ['allOf', { holding: 'list', reach: 'same' }],
  ['anyOf', { holding: 'list', reach: 'same' }],
  ['oneOf', { holding: 'list', reach: 'same' }],
  ['not', { holding: 'one', reach: 'same' }],
  ['if', { holding: 'one', reach: 'same' }],
  ['then', { holding: 'one', reach: 'same' }],
  ['else', { holding: 'one', reach: 'same' }],
  ['dependentSchemas', { holding: 'map', reach: 'same' }],
  ['properties', { holding: 'map', reach: 'part' }],
  ['patternProperties', { holding: 'map', reach: 'part' }],
  ['additionalProperties', { holding: 'one', reach: 'part' }],
  ['unevaluatedProperties', { holding: 'one', reach: 'part' }],
  ['propertyNames', { holding: 'one', reach: 'part' }],
  ['prefixItems', { holding: 'list', reach: 'part' }],
  ['items', { holding: 'one', reach: 'part' }],
  ['contains', { holding: 'one', reach: 'part' }],
  ['unevaluatedItems', { holding: 'one', reach: 'part' }],
  ['$defs', { holding: 'map', reach: 'none' }],
  ['definitions', { holding: 'map', reach: 'none' }],
]);

/** How the keyword holds schemas; undefined when it holds none. */
export function holdingOf(keyword: string): Holding | undefined {
  return applicators.get(keyword)?.holding;
}

export interface SubSchema {
  /** The keyword, and the index or name below it. */
  readonly path: readonly string[];
  readonly schema: JsonObject | boolean;
  readonly reach: Reach;
}

/** The schemas directly inside a schema. What has the wrong shape is left out: the meta-schema tells of it. */
export function subSchemas(schema: JsonObject): readonly SubSchema[] {
  const found: SubSchema[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    const applicator = applicators.get(keyword);
    if (applicator === undefined) continue;
    for (const [name, held] of heldBy(applicator.holding, value)) {
      if (typeof held !== 'boolean' && !isJsonObject(held)) continue;
      found.push({
        path: name === undefined ? [keyword] : [keyword, name],
        schema: held,
        reach: applicator.reach,
      });
    }
  }
  return found;
}

function heldBy(holding: Holding, value: JsonValue): readonly (readonly [string | undefined, JsonValue])[] {
  if (holding === 'one') return [[undefined, value]];
  if (holding === 'list')
    return isJsonArray(value) ? value.map((held, index) => [String(index), held] as const) : [];
  return isJsonObject(value) ? Object.entries(value) : [];
}
