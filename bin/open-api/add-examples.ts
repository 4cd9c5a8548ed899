import recorded from './examples.json' with { type: 'json' };

type Json = Readonly<Record<string, unknown>>;

interface Example {
  readonly request?: unknown;
  /** By status and media type. */
  readonly responses: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const examples: Readonly<Record<string, Example | undefined>> = recorded.operations;

/**
 * Adds the recorded examples to an OpenAPI document. They were sent to and received from a real service
 * (test/open-api/record-examples.ts).
 */
export function addExamples(document: Json): Json {
  const components = document['components'] as Json; // openApiDocument creates all of these parts
  const schemas = components['schemas'] as Readonly<Record<string, Json>>;
  const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, Json>>>>;
  return {
    ...document,
    paths: mapValues(paths, (path) => mapValues(path, withExamples)),
    components: {
      ...components,
      schemas: { ...schemas, Problem: { ...schemas['Problem'], examples: [recorded.problem] } },
    },
  };
}

function withExamples(operation: Json): Json {
  const example = examples[String(operation['operationId'])];
  if (example === undefined)
    throw new Error(`${String(operation['operationId'])} has no example: run npm run openapi:examples`);
  const { requestBody, responses } = operation as { readonly requestBody?: Json; readonly responses: Json };
  return {
    ...operation,
    ...(requestBody === undefined
      ? {}
      : { requestBody: withContent(requestBody, (media) => ({ ...media, example: example.request })) }),
    responses: mapValues(responses as Readonly<Record<string, Json>>, (response, status) =>
      withContent(response, (media, mediaType) => {
        const body = example.responses[status]?.[mediaType];
        return body === undefined ? media : { ...media, example: body };
      }),
    ),
  };
}

function withContent(holder: Json, change: (media: Json, mediaType: string) => Json): Json {
  const { content } = holder as { readonly content?: Readonly<Record<string, Json>> };
  return content === undefined ? holder : { ...holder, content: mapValues(content, change) };
}

function mapValues<Value, Changed>(
  object: Readonly<Record<string, Value>>,
  change: (value: Value, name: string) => Changed,
): Readonly<Record<string, Changed>> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
}
