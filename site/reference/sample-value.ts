import type { MediaType, NamedExample, OpenApi, Schema } from './open-api.ts';
import { choicesOf } from './type-label.ts';

/** The examples of a body: those of the document or, without any, one that is made from the schema. */
export function examplesOf(
  media: MediaType,
  api: OpenApi,
): ReadonlyArray<{ readonly title: string; readonly value: unknown }> {
  const named = Object.entries(media.examples ?? {}).map(([name, example]) => {
    const { summary, value } = api.resolve<NamedExample>(example);
    return { title: summary ?? name, value };
  });
  if (named.length > 0) return named;
  const value = media.example ?? sampleValue(media.schema ?? {}, api);
  return value === undefined ? [] : [{ title: 'Example', value }];
}

/** Makes a short value that has the required members; undefined if the schema does not describe one. */
function sampleValue(schema: Schema, api: OpenApi, depth = 0): unknown {
  const known = schema.example ?? schema.examples?.[0] ?? schema.const ?? schema.enum?.[0] ?? schema.default;
  if (known !== undefined) return known;
  if (depth > 6) return undefined;
  if (schema.$ref !== undefined)
    return sampleValue(api.resolve<Schema>({ $ref: schema.$ref }), api, depth + 1);
  if (schema.properties !== undefined) return sampleObject(schema, api, depth);
  const [choice] = choicesOf(schema) ?? schema.allOf ?? [];
  if (choice !== undefined) return sampleValue(choice, api, depth + 1);
  return sampleOfType(schema, api, depth);
}

function sampleObject(schema: Schema, api: OpenApi, depth: number): object {
  const required = new Set([...(schema.required ?? []), ...(choicesOf(schema)?.[0]?.required ?? [])]);
  const members = Object.entries(schema.properties ?? {})
    .filter(([name]) => required.has(name))
    .map(([name, member]) => [name, sampleValue(member, api, depth + 1)]);
  return Object.fromEntries(members);
}

function sampleOfType(schema: Schema, api: OpenApi, depth: number): unknown {
  const [type] = [schema.type ?? []].flat();
  if (type === 'string') return schema.format === 'date-time' ? '2026-11-21T08:30:00.000Z' : 'text';
  if (type === 'integer' || type === 'number') return Math.max(schema.minimum ?? 1, 1);
  if (type === 'boolean') return true;
  if (type === 'array')
    return typeof schema.items === 'object' ? [sampleValue(schema.items, api, depth + 1)] : [];
  return type === 'object' ? {} : undefined;
}
