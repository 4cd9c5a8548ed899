import { operationEvent, webhookEvent } from '../../core/contract/schemas/event-schemas.ts';
import { describeMembers } from '../open-api/descriptions/describe-members.ts';
import { openSchema } from '../open-api/open-responses.ts';
import { namedSchemas } from '../open-api/schemas.ts';
import { toJsonSchema } from '../open-api/to-json-schema.ts';
import { operationEventMembers, webhookEventMembers } from './event-descriptions.ts';

type Json = Readonly<Record<string, unknown>>;

/** The address of the schema, for `$ref` and for registries of schemas. */
const eventSchemaId = 'https://errand.dev/schemas/events.json';

const components = '#/components/schemas/';

/**
 * JSON Schema 2020-12 of an event: of a job, as the bus, webhooks, the event stream, the event log and the history of
 * a job contain it, or of an operation or a webhook, as the bus contains it. It allows unknown members, because later
 * releases may add some.
 */
export function eventSchema(): Json {
  const named: Json = {
    ...namedSchemas(),
    OperationEvent: describeMembers(toJsonSchema(operationEvent), operationEventMembers, 'OperationEvent'),
    WebhookEvent: describeMembers(toJsonSchema(webhookEvent), webhookEventMembers, 'WebhookEvent'),
  };
  const anyOf = ['JobEvent', 'OperationEvent', 'WebhookEvent'].map((name) => ({
    $ref: `${components}${name}`,
  }));
  const definitions = [...referencesOf(anyOf, named)].sort().map((name) => [name, named[name]]);
  const schema: Json = { anyOf, $defs: Object.fromEntries(definitions) };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: eventSchemaId,
    title: 'Errand event',
    description:
      'An event of a job, of an operation or of a webhook: a CloudEvent 1.0 with the extensions of Errand.',
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
