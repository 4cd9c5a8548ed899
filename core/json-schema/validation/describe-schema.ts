import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonArray, isJsonObject, jsonKind } from '../schema/json-kind.ts';
import type { CompiledSchema } from './compiled-schema.ts';

const maxValueLength = 60;
const maxListed = 20;
const article: Readonly<Record<string, string>> = { integer: 'an', array: 'an', object: 'an' };

/** Describes a value for use in a sentence: by its JSON if that is short, otherwise by its type. */
export function preview(value: JsonValue): string {
  const kind = jsonKind(value);
  if (kind === 'object' || kind === 'array') return `an ${kind}`;
  const text = JSON.stringify(value);
  return text.length <= maxValueLength ? text : `a ${kind} of ${text.length} characters`;
}

/** Lists the first 20 values for use in a sentence. */
export function listValues(values: readonly JsonValue[]): string {
  const shown = values.slice(0, maxListed).map((value) => truncate(JSON.stringify(value)));
  return values.length > maxListed
    ? `${shown.join(', ')} and ${values.length - maxListed} more`
    : shown.join(', ');
}

/** Describes the value of `type`, for example as `a string or null`. */
export function typeNames(type: JsonValue | undefined): string {
  const names = isJsonArray(type) ? type.map(String) : [String(type)];
  return names.map((name) => (name === 'null' ? name : `${article[name] ?? 'a'} ${name}`)).join(' or ');
}

/** Describes what a schema allows in a few words; undefined if it has no short description. */
export function describeSchema(compiled: CompiledSchema, schema: JsonValue | undefined): string | undefined {
  const { title, type, const: only, enum: choices, $ref } = isJsonObject(schema) ? schema : {};
  if (typeof title === 'string' && title !== '') return truncate(title);
  if (only !== undefined) return truncate(JSON.stringify(only));
  if (isJsonArray(choices)) return `one of ${listValues(choices)}`;
  if (type !== undefined) return typeNames(type);
  const target: JsonObject | undefined = typeof $ref === 'string' ? compiled.targets.get($ref) : undefined;
  return target === undefined || target === compiled.root ? undefined : describeSchema(compiled, target);
}

function truncate(text: string): string {
  return text.length <= maxValueLength ? text : `${text.slice(0, maxValueLength)}…`;
}
