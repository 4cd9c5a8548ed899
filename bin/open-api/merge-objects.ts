type Json = Readonly<Record<string, unknown>>;

/** An object schema with the members of all these; only what all of them require is required. */
export function mergeObjects(schemas: readonly Json[]): Json {
  const required = schemas.map((schema) => (schema['required'] ?? []) as readonly string[]);
  const [first = []] = required;
  const common = first.filter((name) => required.every((names) => names.includes(name)));
  return {
    type: 'object',
    properties: Object.assign({}, ...schemas.map((schema) => schema['properties'])),
    ...(common.length === 0 ? { minProperties: 1 } : { required: common }),
    additionalProperties: false,
  };
}
