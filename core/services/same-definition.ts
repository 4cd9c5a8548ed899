import type { JsonValue } from '../contract/json.ts';
import type { ServiceDefinition } from '../contract/schemas/service-schemas.ts';
import { canonicalJson } from '../json-schema/schema/canonical-json.ts';

/** Equal as JSON: the order of members does not count. */
export function sameDefinition(left: ServiceDefinition, right: ServiceDefinition): boolean {
  return canonicalJson(definitionJson(left)) === canonicalJson(definitionJson(right));
}

/** A definition came from JSON; its type says `undefined` for members that may be absent, and no value has that. */
function definitionJson(definition: ServiceDefinition): JsonValue {
  return definition as JsonValue;
}
