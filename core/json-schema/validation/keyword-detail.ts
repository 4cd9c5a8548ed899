import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { codePointsIn } from '../schema/code-points.ts';
import { isJsonArray, isJsonObject, jsonKind } from '../schema/json-kind.ts';
import { listed, preview, typeNames } from './describe-schema.ts';

type Detail = (limit: JsonValue, value: JsonValue, schema: JsonObject) => string;

/** What a value must be, by the keyword that it breaks; keywords that need more than that are not here. */
const details: ReadonlyMap<string, Detail> = new Map<string, Detail>([
  ['type', (type, value) => `must be ${typeNames(type)}, not ${describeKind(value)}`],
  ['const', (only, value) => `must be ${preview(only)}, not ${preview(value)}`],
  [
    'enum',
    (choices, value) =>
      `must be one of ${listed(isJsonArray(choices) ? choices : [])}, not ${preview(value)}`,
  ],
  ['minimum', (limit, value) => `must be at least ${limit}, not ${preview(value)}`],
  ['maximum', (limit, value) => `must be at most ${limit}, not ${preview(value)}`],
  ['exclusiveMinimum', (limit, value) => `must be more than ${limit}, not ${preview(value)}`],
  ['exclusiveMaximum', (limit, value) => `must be less than ${limit}, not ${preview(value)}`],
  ['multipleOf', (step, value) => `must be a multiple of ${step}, not ${preview(value)}`],
  ['minLength', (limit, value) => `must have at least ${limit} characters, not ${lengthOf(value)}`],
  ['maxLength', (limit, value) => `must have at most ${limit} characters, not ${lengthOf(value)}`],
  ['pattern', (pattern, value) => `must match the pattern ${pattern}; it is ${preview(value)}`],
  ['format', (format, value) => `must have the format ${format}; it is ${preview(value)}`],
  ['minItems', (limit, value) => `must have at least ${limit} items, not ${lengthOf(value)}`],
  ['maxItems', (limit, value) => `must have at most ${limit} items, not ${lengthOf(value)}`],
  ['uniqueItems', () => 'must not have equal items'],
  ['minProperties', (limit, value) => `must have at least ${limit} properties, not ${lengthOf(value)}`],
  ['maxProperties', (limit, value) => `must have at most ${limit} properties, not ${lengthOf(value)}`],
  ['contains', () => 'must have an item of the wanted form'],
  ['minContains', (limit) => `must have at least ${limit} items of the wanted form`],
  ['maxContains', (limit) => `must have at most ${limit} items of the wanted form`],
  ['not', () => 'must not have this form'],
]);

/** The sentence for a broken keyword; undefined for keywords that only pass on what their schemas say. */
export function keywordDetail(keyword: string, schema: JsonObject, value: JsonValue): string | undefined {
  return details.get(keyword)?.(schema[keyword] ?? null, value, schema);
}

function describeKind(value: JsonValue): string {
  return value === null
    ? 'null'
    : typeof value === 'object'
      ? preview(value)
      : `the ${jsonKind(value)} ${preview(value)}`;
}

/** Text is counted in code points, as JSON Schema does. */
function lengthOf(value: JsonValue): number {
  if (typeof value === 'string') return codePointsIn(value);
  if (isJsonArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : 0;
}
