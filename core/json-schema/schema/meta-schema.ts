import type { Ajv2020, ErrorObject } from 'ajv/dist/2020.js';
import type { JsonObject } from '../../contract/json.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import { childPointer } from './json-pointer.ts';

let loading: Promise<Ajv2020> | undefined;

/**
 * Validates a schema against the meta-schema of JSON Schema 2020-12. Pointers start at the root of the
 * schema. The validator compiles only the meta-schema, never a user's schema. It is loaded at the first call,
 * so that other routes do not pay for it.
 */
export async function metaSchemaViolations(schema: JsonObject): Promise<readonly Violation[]> {
  loading ??= load();
  const validator = await loading;
  const { $schema: _dialect, ...rest } = schema;
  if (await validator.validateSchema(rest)) return [];
  return toViolations(validator.errors ?? []);
}

async function load(): Promise<Ajv2020> {
  // In a bundle, a CommonJS package has only a default export.
  const { default: ajv } = await import('ajv/dist/2020.js');
  return new ajv.Ajv2020({ allErrors: true, logger: false, validateFormats: false, addUsedSchema: false });
}

/**
 * Reports one violation per location: where several alternatives are allowed, one sentence lists all of them.
 */
function toViolations(errors: readonly ErrorObject[]): readonly Violation[] {
  const errorsByPointer = new Map<string, ErrorObject[]>();
  for (const error of errors) {
    if (['anyOf', 'allOf', 'oneOf', 'if', '$ref', '$dynamicRef'].includes(error.keyword)) continue;
    const pointer = errorPointer(error);
    errorsByPointer.set(pointer, [...(errorsByPointer.get(pointer) ?? []), error]);
  }
  return [...errorsByPointer].map(([pointer, found]) => ({
    pointer,
    detail: [...new Set(found.map(describeError))].join(', or '),
    keyword: found[0]?.keyword ?? 'schema',
  }));
}

function errorPointer({ instancePath, keyword, params }: ErrorObject): string {
  const name: unknown = keyword === 'propertyNames' ? params['propertyName'] : undefined;
  return typeof name === 'string' ? childPointer(instancePath, name) : instancePath;
}

function describeError({ message, params }: ErrorObject): string {
  const allowed: unknown = params['allowedValues'];
  return Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : (message ?? 'is not allowed here');
}
