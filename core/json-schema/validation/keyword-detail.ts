import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { codePointsIn } from '../schema/code-points.ts';
import { isJsonArray, isJsonObject, jsonKind } from '../schema/json-kind.ts';
import { listValues, preview, typeNames } from './describe-schema.ts';

type Detail = (limit: JsonValue, value: JsonValue, schema: JsonObject) => string;

/** The error details by violated keyword. Keywords that need more context are handled elsewhere. */
const details: ReadonlyMap<string, Detail> = new Map<string, Detail>([
  ['type', (type, value) => `must be ${typeNames(type)}, not ${describeKind(value)}`],
  ['const', (only, value) => `must be ${preview(only)}, not ${preview(value)}`],
  [
    'enum',
    (choices, value) =>
      `must be one of ${listValues(isJsonArray(choices) ? choices : [])}, not ${preview(value)}`,
  ],
  ['minimum', (limit, value) => `must be at least ${limit}, not ${preview(value)}`],
  ['maximum', (limit, value) => `must be at most ${limit}, not ${preview(value)}`],
  ['exclusiveMinimum', (limit, value) => `must be more than ${limit}, not ${preview(value)}`],
  ['exclusiveMaximum', (limit, value) => `must be less than ${limit}, not ${preview(value)}`],
  ['multipleOf', (step, value) => `must be a multiple of ${step}, not ${preview(value)}`],
  ['minLength', (limit, value) => `must have at least ${limit} characters, not ${lengthOf(value)}`],
  ['maxLength', (limit, value) => `must have at most ${limit} characters, not ${lengthOf(value)}`],
  ['pattern', (pattern, value) => `must match the pattern ${pattern}, not ${preview(value)}`],
  ['format', (format, value) => `must have the format ${format}, not ${preview(value)}`],
  ['minItems', (limit, value) => `must have at least ${limit} items, not ${lengthOf(value)}`],
  ['maxItems', (limit, value) => `must have at most ${limit} items, not ${lengthOf(value)}`],
  ['uniqueItems', () => 'must not have duplicate items'],
  ['minProperties', (limit, value) => `must have at least ${limit} properties, not ${lengthOf(value)}`],
  ['maxProperties', (limit, value) => `must have at most ${limit} properties, not ${lengthOf(value)}`],
  ['contains', () => 'must have an item that matches the contains schema'],
  ['minContains', (limit) => `must have at least ${limit} items that match the contains schema`],
  ['maxContains', (limit) => `must have at most ${limit} items that match the contains schema`],
  ['not', () => 'must not match the schema of the keyword not'],
]);

/**
 * Returns the error detail of a violated keyword; undefined for keywords that only pass on errors of
 * subschemas.
 */
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

/** Counts text in code points, as JSON Schema does. */
function lengthOf(value: JsonValue): number {
  if (typeof value === 'string') return codePointsIn(value);
  if (isJsonArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : 0;
}
