import type { Ajv2020, ErrorObject } from 'ajv/dist/2020.js';
import type { JsonObject } from '../../contract/json.ts';
import type { Fault } from '../../contract/problems/problem-schema.ts';
import { childPointer } from './json-pointer.ts';

let loading: Promise<Ajv2020> | undefined;

/**
 * Faults of a schema against the meta-schema of JSON Schema 2020-12, pointers from the schema's root. The checker
 * compiles the meta-schema only, never a schema of a user, and is loaded at the first call: other routes do not pay.
 */
export async function metaSchemaFaults(schema: JsonObject): Promise<readonly Fault[]> {
  loading ??= load();
  const checker = await loading;
  const { $schema: _dialect, ...rest } = schema;
  if (await checker.validateSchema(rest)) return [];
  return toFaults(checker.errors ?? []);
}

async function load(): Promise<Ajv2020> {
  // A bundle gives a CommonJS package only as its default export.
  const { default: ajv } = await import('ajv/dist/2020.js');
  return new ajv.Ajv2020({ allErrors: true, logger: false, validateFormats: false, addUsedSchema: false });
}

/** One fault a place: where a place has several forms, all of them are told in one sentence. */
function toFaults(errors: readonly ErrorObject[]): readonly Fault[] {
  const places = new Map<string, ErrorObject[]>();
  for (const error of errors) {
    if (['anyOf', 'allOf', 'oneOf', 'if', '$ref', '$dynamicRef'].includes(error.keyword)) continue;
    const pointer = errorPointer(error);
    places.set(pointer, [...(places.get(pointer) ?? []), error]);
  }
  return [...places].map(([pointer, found]) => ({
    pointer,
    detail: [...new Set(found.map(describe))].join(', or '),
    keyword: found[0]?.keyword ?? 'schema',
  }));
}

function errorPointer({ instancePath, keyword, params }: ErrorObject): string {
  const name: unknown = keyword === 'propertyNames' ? params['propertyName'] : undefined;
  return typeof name === 'string' ? childPointer(instancePath, name) : instancePath;
}

function describe({ message, params }: ErrorObject): string {
  const allowed: unknown = params['allowedValues'];
  return Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : (message ?? 'is not allowed here');
}
