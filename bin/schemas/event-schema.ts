import { openSchema } from '../open-api/open-responses.ts';
import { namedSchemas } from '../open-api/schemas.ts';

type Json = Readonly<Record<string, unknown>>;

/** The address of the schema, for `$ref` and for registries of schemas. */
const eventSchemaId = 'https://errand.dev/schemas/events.json';

const components = '#/components/schemas/';

/**
 * JSON Schema 2020-12 of an event, as the bus, the event stream and the history of a job contain it. It allows
 * unknown members, because later releases may add some.
 */
export function eventSchema(): Json {
  const named = namedSchemas();
  const { JobEvent, ...others } = named;
  const used = referencesOf(JobEvent, others);
  const definitions = [...used].sort().map((name) => [name, others[name]]);
  const schema: Json = { ...(JobEvent as Json), $defs: Object.fromEntries(definitions) }; // a named schema
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: eventSchemaId,
    title: 'Errand event',
    description: 'An event of a job: a CloudEvent 1.0 with the extensions of Errand.',
    ...(moveReferences(openSchema(schema)) as Json), // an object stays one
  };
}

/** The named schemas that a schema refers to, directly or indirectly. */
function referencesOf(value: unknown, schemas: Json, found = new Set<string>()): ReadonlySet<string> {
  if (typeof value === 'string' && value.startsWith(components)) {
    const name = value.slice(components.length);
    if (!found.has(name)) referencesOf(schemas[name], schemas, found.add(name));
  } else if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) referencesOf(member, schemas, found);
  }
  return found;
}

function moveReferences(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith(components))
    return `#/$defs/${value.slice(components.length)}`;
  if (Array.isArray(value)) return value.map(moveReferences);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, moveReferences(member)]));
}
