type Json = Readonly<Record<string, unknown>>;

const componentPrefix = '#/components/schemas/';

/**
 * Allows additional members in all responses of an OpenAPI document. Responses may get new members, which
 * clients must ignore, while unknown members of a request are rejected. Throws when requests and responses
 * share a closed shape, except for those that responses return as they were sent.
 */
export function openResponses(document: Json, returned: readonly string[] = []): Json {
  const schemas = at(at(document, 'components'), 'schemas');
  const operations = Object.values(at(document, 'paths')).flatMap((path) => Object.values(asJson(path)));
  const ofRequests = namesIn(
    operations.map((operation) => asJson(operation)['requestBody']),
    schemas,
  );
  const ofResponses = namesIn(
    operations.map((operation) => asJson(operation)['responses']),
    schemas,
  );
  const shared = [...ofResponses].filter(
    (name) => ofRequests.has(name) && !returned.includes(name) && isClosed(schemas[name]),
  );
  if (shared.length > 0)
    throw new Error(
      `Requests and responses share the schemas ${shared.join(', ')}: define a separate schema for each`,
    );
  return {
    ...document,
    paths: mapValues(at(document, 'paths'), (path) =>
      mapValues(asJson(path), (operation) => {
        const { responses } = asJson(operation);
        return { ...asJson(operation), responses: openSchema(responses) };
      }),
    ),
    components: {
      ...at(document, 'components'),
      schemas: mapValues(schemas, (schema, name) =>
        ofResponses.has(name) && !ofRequests.has(name) ? openSchema(schema) : schema,
      ),
    },
  };
}

/** Removes `additionalProperties: false`, at any depth. */
export function openSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(openSchema);
  if (!isJson(value)) return value;
  const kept = Object.entries(value).filter(
    ([name, member]) => name !== 'additionalProperties' || member !== false,
  );
  return Object.fromEntries(kept.map(([name, member]) => [name, openSchema(member)]));
}

function isClosed(schema: unknown): boolean {
  return JSON.stringify(openSchema(schema)) !== JSON.stringify(schema);
}

/** The named schemas that a value refers to, directly or indirectly. */
function namesIn(value: unknown, schemas: Json, found = new Set<string>()): Set<string> {
  for (const [key, member] of isJson(value) || Array.isArray(value) ? Object.entries(value) : []) {
    const name =
      key === '$ref' && typeof member === 'string' ? member.slice(componentPrefix.length) : undefined;
    if (name === undefined) namesIn(member, schemas, found);
    else if (!found.has(name)) namesIn(schemas[name], schemas, found.add(name));
  }
  return found;
}

function mapValues(object: Json, change: (value: unknown, name: string) => unknown): Json {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
}

function at(object: Json, name: string): Json {
  return asJson(object[name]);
}

function asJson(value: unknown): Json {
  if (!isJson(value)) throw new Error(`Expected an object, found ${JSON.stringify(value)}`);
  return value;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
