type Json = Readonly<Record<string, unknown>>;

/** One sentence for each member of an object: what it contains, its unit and limits, and when it is absent. */
export interface Descriptions {
  readonly [member: string]: string | NestedDescription;
}

/** A member whose own objects, or items that are objects, have described members. */
export interface NestedDescription {
  readonly text: string;
  readonly members: Descriptions;
}

/**
 * Adds descriptions to the members of a JSON Schema, also inside arrays, maps and alternatives. Throws for a member
 * without a description.
 */
export function describeMembers(schema: Json, descriptions: Descriptions, name: string): Json {
  const { properties, additionalProperties, items, anyOf, oneOf } = schema;
  const describeAll = (branches: unknown) =>
    (branches as readonly Json[]).map((branch) => describeMembers(branch, descriptions, name)); // a list of schemas
  return {
    ...schema,
    ...(isJson(properties) ? { properties: describeEach(properties, descriptions, name) } : {}),
    ...(isJson(additionalProperties)
      ? { additionalProperties: describeMembers(additionalProperties, descriptions, name) }
      : {}),
    ...(isJson(items) ? { items: describeMembers(items, descriptions, name) } : {}),
    ...(Array.isArray(anyOf) ? { anyOf: describeAll(anyOf) } : {}),
    ...(Array.isArray(oneOf) ? { oneOf: describeAll(oneOf) } : {}),
  };
}

function describeEach(properties: Json, descriptions: Descriptions, name: string): Json {
  return Object.fromEntries(
    Object.entries(properties).map(([member, schema]) => {
      const found = Object.hasOwn(descriptions, member) ? descriptions[member] : undefined;
      if (found === undefined || !isJson(schema)) throw new Error(`${name}.${member} has no description`);
      if (typeof found === 'string') return [member, { ...schema, description: found }];
      const described = describeMembers(schema, found.members, `${name}.${member}`);
      return [member, { ...described, description: found.text }];
    }),
  );
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
