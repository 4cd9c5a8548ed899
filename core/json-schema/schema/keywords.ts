import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonArray, isJsonObject } from './json-kind.ts';

/** Whether the value of a keyword is a schema, a list of schemas, or a map of schemas. */
export type SchemaLayout = 'single' | 'list' | 'map';
/**
 * What the subschemas apply to: the value itself, a part of it, or nothing unless a `$ref` refers to them.
 */
export type Reach = 'same' | 'part' | 'none';

/**
 * Every keyword of JSON Schema 2020-12 that contains schemas (https://json-schema.org/draft/2020-12/schema).
 */
const applicators: ReadonlyMap<string, { readonly layout: SchemaLayout; readonly reach: Reach }> = new Map([
  ['allOf', { layout: 'list', reach: 'same' }],
  ['anyOf', { layout: 'list', reach: 'same' }],
  ['oneOf', { layout: 'list', reach: 'same' }],
  ['not', { layout: 'single', reach: 'same' }],
  ['if', { layout: 'single', reach: 'same' }],
  ['then', { layout: 'single', reach: 'same' }],
  ['else', { layout: 'single', reach: 'same' }],
  ['dependentSchemas', { layout: 'map', reach: 'same' }],
  ['properties', { layout: 'map', reach: 'part' }],
  ['patternProperties', { layout: 'map', reach: 'part' }],
  ['additionalProperties', { layout: 'single', reach: 'part' }],
  ['unevaluatedProperties', { layout: 'single', reach: 'part' }],
  ['propertyNames', { layout: 'single', reach: 'part' }],
  ['prefixItems', { layout: 'list', reach: 'part' }],
  ['items', { layout: 'single', reach: 'part' }],
  ['contains', { layout: 'single', reach: 'part' }],
  ['unevaluatedItems', { layout: 'single', reach: 'part' }],
  ['$defs', { layout: 'map', reach: 'none' }],
  ['definitions', { layout: 'map', reach: 'none' }],
]);

/** Returns how a keyword contains schemas, or undefined if it contains none. */
export function layoutOf(keyword: string): SchemaLayout | undefined {
  return applicators.get(keyword)?.layout;
}

export interface SubSchema {
  /** The keyword, and the index or name below it. */
  readonly path: readonly string[];
  readonly schema: JsonObject | boolean;
  readonly reach: Reach;
}

/**
 * Returns the direct subschemas of a schema. Values of the wrong type are skipped: the meta-schema reports
 * them.
 */
export function subSchemas(schema: JsonObject): readonly SubSchema[] {
  const found: SubSchema[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    const applicator = applicators.get(keyword);
    if (applicator === undefined) continue;
    for (const [name, child] of schemasIn(applicator.layout, value)) {
      if (typeof child !== 'boolean' && !isJsonObject(child)) continue;
      found.push({
        path: name === undefined ? [keyword] : [keyword, name],
        schema: child,
        reach: applicator.reach,
      });
    }
  }
  return found;
}

function schemasIn(
  layout: SchemaLayout,
  value: JsonValue,
): readonly (readonly [string | undefined, JsonValue])[] {
  if (layout === 'single') return [[undefined, value]];
  if (layout === 'list')
    return isJsonArray(value) ? value.map((child, index) => [String(index), child] as const) : [];
  return isJsonObject(value) ? Object.entries(value) : [];
}
