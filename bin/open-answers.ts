type Json = Readonly<Record<string, unknown>>;

const componentPrefix = '#/components/schemas/';

/**
 * The document with its answers open and its requests closed: an answer may get new members, which clients must let
 * pass, while an unknown member of a request is refused. Throws when a named shape is used by both.
 */
export function openAnswers(document: Json): Json {
  const schemas = at(at(document, 'components'), 'schemas');
  const operations = Object.values(at(document, 'paths')).flatMap((path) => Object.values(asJson(path)));
  const asked = namesIn(
    operations.map((operation) => asJson(operation)['requestBody']),
    schemas,
  );
  const told = namesIn(
    operations.map((operation) => asJson(operation)['responses']),
    schemas,
  );
  const both = [...told].filter((name) => asked.has(name));
  if (both.length > 0)
    throw new Error(`${both.join(', ')}: used by requests and by answers; give each a shape of its own`);
  return {
    ...document,
    paths: mapValues(at(document, 'paths'), (path) =>
      mapValues(asJson(path), (operation) => {
        const { responses } = asJson(operation);
        return { ...asJson(operation), responses: open(responses) };
      }),
    ),
    components: {
      ...at(document, 'components'),
      schemas: mapValues(schemas, (schema, name) => (told.has(name) ? open(schema) : schema)),
    },
  };
}

/** Without the keyword that forbids other members. */
function open(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(open);
  if (!isJson(value)) return value;
  const kept = Object.entries(value).filter(
    ([name, member]) => name !== 'additionalProperties' || member !== false,
  );
  return Object.fromEntries(kept.map(([name, member]) => [name, open(member)]));
}

/** The named shapes that are used here, or by one that is. */
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
