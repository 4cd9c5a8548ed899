import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonObject } from '../schema/json-kind.ts';
import { subSchemas } from '../schema/keywords.ts';
import type { CompiledSchema } from './compiled-schema.ts';

export interface KnownProperties {
  readonly names: readonly string[];
  readonly patterns: readonly string[];
}

/**
 * Returns the properties that a schema declares, directly or in any schema that it may apply to the same
 * object.
 */
export function knownProperties(compiled: CompiledSchema, schema: JsonObject): KnownProperties {
  const all = new Set([schema]);
  // Iteration over a set includes members that are added during the iteration.
  for (const member of all) {
    const target = compiled.targets.get(String(member['$ref']));
    if (target !== undefined) all.add(target);
    for (const { reach, schema: inside } of subSchemas(member)) {
      if (reach === 'same' && typeof inside !== 'boolean') all.add(inside);
    }
  }
  return { names: keysOf(all, 'properties'), patterns: keysOf(all, 'patternProperties') };
}

function keysOf(schemas: ReadonlySet<JsonObject>, keyword: string): readonly string[] {
  const maps = [...schemas].map((schema): JsonValue | undefined => schema[keyword]);
  return [...new Set(maps.flatMap((map) => (isJsonObject(map) ? Object.keys(map) : [])))];
}

export function isKnown({ names, patterns }: KnownProperties, name: string): boolean {
  return names.includes(name) || patterns.some((pattern) => new RegExp(pattern, 'u').test(name));
}
