import type { JsonValue } from '../contract/json.ts';
import type { ServiceDefinition } from '../contract/schemas/service-schemas.ts';
import { canonicalJson } from '../json-schema/schema/canonical-json.ts';

/** Compares two definitions as JSON, regardless of the order of members. */
export function sameDefinition(left: ServiceDefinition, right: ServiceDefinition): boolean {
  return canonicalJson(definitionJson(left)) === canonicalJson(definitionJson(right));
}

/**
 * The type allows `undefined` for optional members, but a definition is parsed from JSON and never contains
 * it.
 */
function definitionJson(definition: ServiceDefinition): JsonValue {
  return definition as JsonValue;
}
