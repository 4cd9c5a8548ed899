import type { JsonObject, JsonValue } from '../../contract/json.ts';

export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Arrays of JSON; `Array.isArray` alone does not narrow a readonly array. */
export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The type of a value in the words of JSON Schema. */
export function jsonKind(value: JsonValue): JsonKind {
  if (value === null) return 'null';
  if (isJsonArray(value)) return 'array';
  if (isJsonObject(value)) return 'object';
  return typeof value === 'string' ? 'string' : typeof value === 'number' ? 'number' : 'boolean';
}

/** A member that the object itself has: never one that every object inherits, such as `constructor`. */
export function ownMember(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
