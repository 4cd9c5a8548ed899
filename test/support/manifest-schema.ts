import { readFileSync } from 'node:fs';
import { Validator } from '@cfworker/json-schema';
import { Ajv2020 } from 'ajv/dist/2020.js';

type Manifest = { readonly parameters: object; readonly result: object; readonly [member: string]: unknown };

/** Reads `examples/<name>/service.json`, or another manifest beside it. */
export function readManifest(name: string, file = 'service.json'): Manifest {
  return JSON.parse(readFileSync(new URL(`../../examples/${name}/${file}`, import.meta.url), 'utf8'));
}

/**
 * The errors of a value under a schema, as text; empty when it is valid. Throws for an invalid schema, and when
 * Ajv and the interpreter of the job service disagree.
 */
export function schemaErrors(schema: object, value: unknown): string[] {
  const validate = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false }).compile(
    schema,
  );
  const valid = validate(value);
  if (new Validator(schema, '2020-12').validate(value).valid !== valid) {
    throw new Error(`Ajv says ${valid ? 'valid' : 'invalid'}, the interpreter says otherwise`);
  }
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
