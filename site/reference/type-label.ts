import { escapeHtml } from '../html.ts';
import type { Schema } from './open-api.ts';

/** Returns the type of a value in a few words, with links to named shapes. */
export function typeLabel(schema: Schema | boolean | undefined): string {
  if (schema === undefined || typeof schema === 'boolean') return 'any JSON';
  const name = shapeName(schema);
  if (name !== undefined) return `<a href="site:schemas/${name}">${name}</a>`;
  if (schema.const !== undefined) return `<code>${escapeHtml(JSON.stringify(schema.const))}</code>`;
  if (schema.enum !== undefined)
    return schema.enum.map((value) => `<code>${escapeHtml(JSON.stringify(value))}</code>`).join(' or ');
  const choices = choicesOf(schema);
  if (choices !== undefined && !isObject(schema)) return unique(choices.map(typeLabel)).join(' or ');
  if (schema.allOf !== undefined) return unique(schema.allOf.map(typeLabel)).join(' and ');
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return isObject(schema) ? 'object' : 'any JSON';
  return types.map((type) => (type === 'array' ? arrayLabel(schema) : plainType(type, schema))).join(' or ');
}

/** Returns the limits of a value in words; empty if there are none. Patterns are left out: descriptions state what is allowed. */
export function limitsOf(schema: Schema): readonly string[] {
  const range = (min: number | undefined, max: number | undefined, unit: string) => {
    const low = min === undefined || min <= -Number.MAX_SAFE_INTEGER ? undefined : min;
    const high = max === undefined || max >= Number.MAX_SAFE_INTEGER ? undefined : max;
    if (low === undefined && high === undefined) return [];
    if (high === undefined) return [`at least ${low}${unit}`];
    return [low === undefined ? `at most ${high}${unit}` : `${low} to ${high}${unit}`];
  };
  return [
    ...range(schema.minimum, schema.maximum, ''),
    ...range(schema.minLength, schema.maxLength, ' characters'),
    ...range(schema.minItems, schema.maxItems, ' items'),
    ...(schema.default === undefined
      ? []
      : [`default <code>${escapeHtml(JSON.stringify(schema.default))}</code>`]),
  ];
}

/** Name of the shape that a schema refers to, if it only refers to one. */
export function shapeName(schema: Schema): string | undefined {
  const only = schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined;
  return /^#\/components\/schemas\/(.+)$/.exec(schema.$ref ?? only ?? '')?.[1];
}

/** The schemas of which a value must match one. */
export function choicesOf(schema: Schema): readonly Schema[] | undefined {
  return schema.anyOf ?? schema.oneOf;
}

/** Whether the members of an object are described. */
export function isObject(schema: Schema): boolean {
  return schema.properties !== undefined;
}

function arrayLabel({ items }: Schema): string {
  const label = typeLabel(items);
  return label.includes(' or ') ? `array of (${label})` : `array of ${label}`;
}

function plainType(type: string, { format, additionalProperties }: Schema): string {
  if (
    type === 'object' &&
    typeof additionalProperties === 'object' &&
    Object.keys(additionalProperties).length > 0
  )
    return `object of ${typeLabel(additionalProperties)}`;
  return format === undefined ? type : `${type} (${format})`;
}

function unique(labels: readonly string[]): readonly string[] {
  return [...new Set(labels)];
}
