import type { JsonValue } from '../../core/contract/json.ts';
import { isJsonArray, isJsonObject } from '../../core/json-schema/schema/json-kind.ts';
import { atom, memberName, quoted, type TypeText } from './type-text.ts';

/** The type of exactly one JSON value. */
export function literalType(value: JsonValue): TypeText {
  return isJsonArray(value)
    ? { text: textOf(value), level: 'operator', alternatives: 1 }
    : atom(textOf(value));
}

function textOf(value: JsonValue): string {
  if (typeof value === 'string') return quoted(value);
  if (isJsonArray(value)) return `readonly [${value.map(textOf).join(', ')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).map((name) => `${memberName(name)}: ${textOf(value[name] ?? null)}`);
  return members.length === 0 ? '{ [name: string]: never }' : `{ ${members.join('; ')} }`;
}
