import type { JsonValue } from '../../contract/json.ts';
import { isJsonObject } from './json-kind.ts';

/**
 * Serializes a value with sorted keys and no spaces: two values have the same text only if they are equal as
 * JSON.
 */
export function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}
