import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

type Manifest = { readonly parameters: object; readonly result: object; readonly [member: string]: unknown };

/** Reads `examples/<name>/service.json`. */
export function readManifest(name: string): Manifest {
  return JSON.parse(readFileSync(new URL(`../../examples/${name}/service.json`, import.meta.url), 'utf8'));
}

/** The faults that a schema finds in a value, as text; none when it is valid. Throws for a schema that is wrong. */
export function faultsOf(schema: object, value: unknown): string[] {
  const validate = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false }).compile(
    schema,
  );
  return validate(value)
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
