/**
 * A JSON document whose object schemas allow only the members that they name, so that a test detects an
 * undocumented member. Schemas with their own rule for other members are not changed.
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
