type Json = Readonly<Record<string, unknown>>;

/**
 * Adds a discriminator to alternatives that a constant member distinguishes, so that the types in generated clients can be narrowed by this
 * member.
 */
export function addDiscriminators(document: Json): Json {
  const components = document['components'] as Json; // openApiDocument creates it
  const schemas = components['schemas'] as Readonly<Record<string, Json>>;
  const add = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(add);
    if (typeof value !== 'object' || value === null) return value;
    const { anyOf, oneOf = anyOf, ...others } = value as Json;
    const discriminator = Array.isArray(oneOf) ? discriminatorOf(oneOf, schemas) : undefined;
    if (discriminator !== undefined) return { ...others, oneOf, discriminator };
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, add(member)]));
  };
  return add(document) as Json; // it stays an object
}

function discriminatorOf(alternatives: readonly Json[], schemas: Readonly<Record<string, Json>>) {
  const references = alternatives.map(({ $ref }) => String($ref));
  const shapes = references.map((reference) => propertiesOf(schemas[reference.split('/').at(-1) ?? '']));
  const propertyName = Object.keys(shapes[0] ?? {}).find((name) =>
    shapes.every((shape) => constantOf(shape, name) !== undefined),
  );
  if (propertyName === undefined) return undefined;
  const mapping = shapes.map((shape, index) => [constantOf(shape, propertyName), references[index]]);
  return { propertyName, mapping: Object.fromEntries(mapping) };
}

function propertiesOf(schema: Json | undefined): Json {
  return (schema?.['properties'] ?? {}) as Json; // of an object schema
}

function constantOf(properties: Json, name: string): unknown {
  return ((properties[name] ?? {}) as Json)['const'];
}
