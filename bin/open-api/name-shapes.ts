import type { Shapes } from './named-shapes.ts';

type Json = Readonly<Record<string, unknown>>;

const componentPrefix = '#/components/schemas/';

/**
 * Moves the shapes of a table to the components of an OpenAPI document, and replaces every schema of the same structure
 * by a reference, so that each shape has one name. Descriptions are no part of the structure: a reference keeps that of its
 * place. Throws for a place without a schema, and for two names of one shape.
 */
export function nameShapes(document: Json, table: Shapes): Json {
  const names = new Map<string, string>();
  for (const [name, [place]] of Object.entries(table)) {
    const key = structureOf(schemaAt(document, place));
    const other = names.get(key);
    if (other !== undefined) throw new Error(`${name} and ${other} have the same structure`);
    names.set(key, name);
  }
  const shapes: Record<string, readonly [place: string, text: string]> = { ...table };
  for (const [name, place, text] of bodiesOf(document)) {
    const key = structureOf(schemaAt(document, place));
    if (names.has(key)) continue;
    names.set(key, name);
    shapes[name] = [place, text];
  }
  const withReferences = (value: unknown, isRoot = false): unknown => {
    if (Array.isArray(value)) return value.map((item) => withReferences(item));
    if (!isJson(value)) return value;
    const name = isRoot ? undefined : names.get(structureOf(value));
    if (name === undefined) return mapValues(value, (member) => withReferences(member));
    const { description } = value;
    return { $ref: `${componentPrefix}${name}`, ...(description === undefined ? {} : { description }) };
  };
  const components = document['components'] as Json; // openApiDocument creates it
  const schemas = components['schemas'] as Json;
  const named = Object.entries(shapes).map(([name, [place, text]]) => {
    const { description: _, ...shape } = withReferences(schemaAt(document, place), true) as Json; // a schema at its root
    return [name, { ...shape, description: text }] as const;
  });
  const all = [...Object.entries(mapValues(schemas, (schema) => withReferences(schema, true))), ...named];
  return {
    ...document,
    paths: withReferences(document['paths']),
    components: {
      ...components,
      schemas: Object.fromEntries(all.sort(([one], [other]) => (one < other ? -1 : 1))),
    },
  };
}

/** The bodies of requests and successful responses that are objects, which get a name from their operation unless the table has one. */
function bodiesOf(document: Json): ReadonlyArray<readonly [name: string, place: string, text: string]> {
  const operations = Object.values(document['paths'] as Json).flatMap(
    (path) => Object.values(path as Json) as Json[],
  );
  return operations.flatMap((operation) => {
    const id = String(operation['operationId']);
    const name = `${id.charAt(0).toUpperCase()}${id.slice(1)}`;
    const statuses = Object.keys(operation['responses'] as Json).filter((status) => status.startsWith('2'));
    const request = [`${name}Request`, `${id}.body`, `The body of \`${id}\`.`] as const;
    const responses = statuses.map(
      (status) => [`${name}Response`, `${id}.${status}`, `The response of \`${id}\`.`] as const,
    );
    return [request, ...responses].filter(([, place]) => {
      const [, part = ''] = place.split('.');
      if (part === 'body' && operation['requestBody'] === undefined) return false;
      const schema = partOfOperation(operation, part);
      return isJson(schema) && isJson(schema['properties']);
    });
  });
}

/** A text that is the same for all schemas of one structure, whatever their descriptions. */
export function structureOf(value: unknown): string {
  return JSON.stringify(value, (key, member: unknown) => {
    if (key === 'description' && typeof member === 'string') return undefined;
    if (!isJson(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

/**
 * The schema at a place: the name of a component, or the ID of an operation with `body`, `?parameter` or a status, and then the
 * names of members or keywords, all separated by dots.
 */
function schemaAt(document: Json, place: string): unknown {
  const [start = '', ...steps] = place.split('.');
  const schemas = (document['components'] as Json)['schemas'] as Json; // openApiDocument creates them
  if (start in schemas) return follow(schemas[start], steps, place);
  const [part = '', ...others] = steps;
  return follow(partOfOperation(operationOf(document, start), part), others, place);
}

function operationOf(document: Json, id: string): Json {
  const operations = Object.values(document['paths'] as Json).flatMap((path) => Object.values(path as Json));
  const found = operations.find((operation) => (operation as Json)['operationId'] === id);
  if (found === undefined) throw new Error(`There is no schema and no operation ${id}`);
  return found as Json;
}

function partOfOperation({ requestBody, responses, parameters }: Json, part: string): unknown {
  if (part.startsWith('?'))
    return (parameters as readonly Json[]).find(({ name }) => name === part.slice(1))?.['schema'];
  const holder = part === 'body' ? requestBody : (responses as Json)[part];
  const content = ((holder as Json)['content'] ?? {}) as Readonly<Record<string, Json>>;
  return content['application/json']?.['schema'];
}

function follow(schema: unknown, steps: readonly string[], place: string): unknown {
  let current = schema;
  for (const step of steps) {
    const { properties } = current as Json;
    current = isJson(properties) && step in properties ? properties[step] : (current as Json)[step];
    if (current === undefined) break;
  }
  if (current === undefined) throw new Error(`There is no schema at ${place}`);
  return current;
}

function mapValues(object: Json, change: (value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
