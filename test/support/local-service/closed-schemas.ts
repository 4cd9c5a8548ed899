/**
 * A JSON document whose object schemas allow no members but those that they name, so that a test sees a member that
 * nobody documented. Schemas that say something of other members themselves are left as they are.
 */
export function closedSchemas<Document>(document: Document): Document {
  return close(document) as Document; // of the same form, with `additionalProperties` added
}

function close(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(close);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, close(member)]));
  const isOpen =
    members['type'] === 'object' && 'properties' in members && !('additionalProperties' in members);
  return isOpen ? { ...members, additionalProperties: false } : members;
}
