import { problem } from '../../core/contract/problems/problem-schema.ts';
import { problemTypes, problemUri } from '../../core/contract/problems/problem-types.ts';
import {
  type HeaderName,
  problemsOf,
  type Route,
  type RouteResponse,
  requiresKey,
} from '../../core/contract/routes/route.ts';
import { routes } from '../../core/contract/routes/routes.ts';
import { addDiscriminators } from './add-discriminators.ts';
import { addExamples } from './add-examples.ts';
import { routeDescriptions } from './descriptions/route-descriptions.ts';
import { nameShapes } from './name-shapes.ts';
import { namedShapes, returnedShapes } from './named-shapes.ts';
import { openResponses } from './open-responses.ts';
import { routeParameters } from './route-parameters.ts';
import { namedSchemas, schemaOf } from './schemas.ts';
import { tidySchemas } from './tidy-schemas.ts';
import { toJsonSchema } from './to-json-schema.ts';

type Json = Readonly<Record<string, unknown>>;

const headerDescriptions: Readonly<
  Record<HeaderName | 'Accept' | 'Accept-Encoding' | 'Accept-Patch' | 'WWW-Authenticate', string>
> = {
  Accept: 'Accepted media types of the request body, when the media type was rejected',
  'Accept-Encoding': 'Accepted content codings of the request body, when the content coding was rejected',
  'Accept-Patch': 'Accepted media types of a patch, when the media type was rejected (RFC 5789)',
  Deprecation: 'Time at which the service version was deprecated (RFC 9745)',
  ETag: 'Strong entity tag of the returned representation',
  'Idempotency-Replayed':
    '`true` when an earlier request with the same key created everything in the response; otherwise absent',
  Link: 'Link to the next page, with `rel="next"` (RFC 8288)',
  Location: 'URL of the resource',
  'Preference-Applied': 'The applied wait preference (RFC 7240)',
  'WWW-Authenticate': 'Authentication scheme to use (RFC 9110, 11.6.1)',
  'Retry-After': 'Seconds to wait before polling again or retrying',
};

const description = `A caller authenticates with an API key, as \`Authorization: Bearer\`, \`x-api-key\` or \`Api-Key\`; the code of a service with
its worker token. All errors are problem documents (RFC 9457), whose \`type\` programs can rely on.

Responses may get new members at any time: ignore those that you do not know. A request with an unknown member is rejected. Every
\`GET\` route also supports \`HEAD\`, which returns the same headers without a body.`;

/** Generates the OpenAPI 3.1 document from the route table. */
export function openApiDocument(version: string): Json {
  const tidied = tidySchemas({
    openapi: '3.1.1',
    info: {
      title: 'Errand',
      version,
      summary: 'Submit jobs to registered services and follow them until they end',
      description: description.replaceAll(/(?<!\n)\n(?!\n)/g, ' '),
      contact: { name: 'Errand', url: 'https://errand.dev' },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The URL that served this document' }],
    security: [{ bearer: [] }, { apiKey: [] }, { shortApiKey: [] }],
    tags: [
      { name: 'jobs', description: 'Submit jobs, alone or in groups, and follow them' },
      { name: 'operations', description: 'Follow operations on many jobs' },
      { name: 'data', description: 'Files that jobs read and write' },
      { name: 'events', description: 'Follow the events of all jobs' },
      { name: 'webhooks', description: 'URLs to which events of jobs are delivered' },
      { name: 'services', description: 'Register services that jobs can run' },
      { name: 'worker', description: 'Reports of a running attempt, sent by the code of the service' },
      { name: 'system', description: 'The API itself' },
    ],
    paths: paths(),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key' },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'An API key' },
        shortApiKey: { type: 'apiKey', in: 'header', name: 'Api-Key', description: 'An API key' },
        workerToken: { type: 'http', scheme: 'bearer', description: 'The worker token of the attempt' },
      },
      schemas: namedSchemas(),
    },
  }) as Json; // it stays an object
  return addExamples(openResponses(addDiscriminators(nameShapes(tidied, namedShapes)), returnedShapes));
}

function paths(): Json {
  const all: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    all[route.path] = { ...all[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return all;
}

function operation(route: Route): Json {
  return {
    operationId: route.operationId,
    summary: route.summary,
    description: (routeDescriptions as Readonly<Record<string, string>>)[route.operationId],
    tags: [tagOf(route)],
    ...(requiresKey(route)
      ? {}
      : { security: route.requiresWorkerToken === true ? [{ workerToken: [] }] : [] }),
    parameters: routeParameters(route, toJsonSchema(route.query)),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: route.bodyOptional !== true,
            content: requestContent(route, schemaOf(route.body, route.operationId)),
          },
        }),
    responses: { ...responses(route), ...problemResponses(route) },
  };
}

function requestContent({ mergePatch }: Route, schema: Json): Json {
  const patch = mergePatch === true ? { 'application/merge-patch+json': { schema } } : {};
  return { ...patch, 'application/json': { schema } };
}

function tagOf({ path }: Route): string {
  if (path.startsWith('/v1/groups')) return 'jobs';
  return /^\/v1\/(data|events|jobs|operations|services|webhooks|worker)/.exec(path)?.[1] ?? 'system';
}

function responses(route: Route): Json {
  const known: Readonly<Record<string, RouteResponse>> =
    route.method === 'GET' ? withEntityTag(route.responses) : route.responses;
  return Object.fromEntries(
    Object.entries(known).map(([status, response]) => [status, responseOf(response, route)]),
  );
}

/** Adds the `ETag` header to the 200 response of a read, and the 304 response. */
function withEntityTag(responses: Route['responses']): Route['responses'] {
  const { 200: read, ...others } = responses;
  const headers = [...new Set<HeaderName>(['ETag', ...(read?.headers ?? [])])];
  return {
    ...(read === undefined ? {} : { 200: { ...read, headers } }),
    304: { description: 'If-None-Match contains the current ETag', headers },
    ...others,
  };
}

function responseOf(
  { description, schema, mediaType = 'application/json', alternative, headers = [] }: RouteResponse,
  { operationId, supportsStream }: Route,
): Json {
  const stream = supportsStream === true ? { 'text/event-stream': { schema: { type: 'string' } } } : {};
  const other = alternative && {
    [alternative.mediaType]: { schema: schemaOf(alternative.schema, operationId) },
  };
  return {
    description,
    ...(headers.length === 0
      ? {}
      : { headers: Object.fromEntries(headers.map((name) => [name, headerOf(name)])) }),
    ...(schema === undefined
      ? {}
      : { content: { [mediaType]: { schema: schemaOf(schema, operationId) }, ...stream, ...other } }),
  };
}

const integerHeaders: readonly string[] = ['Retry-After'];

function headerOf(name: keyof typeof headerDescriptions): Json {
  const type = integerHeaders.includes(name) ? { type: 'integer', minimum: 0 } : { type: 'string' };
  return { description: headerDescriptions[name], schema: type };
}

/** One response per status, whose description lists the possible problems. */
function problemResponses(route: Route): Json {
  const byStatus = Map.groupBy(problemsOf(route), (slug) => problemTypes[slug].status);
  const entries = [...byStatus].filter(([status]) => !(status in route.responses));
  return Object.fromEntries(
    entries.map(([status, slugs]) => [
      status,
      {
        description: slugs.map((slug) => `${problemTypes[slug].title} (\`${problemUri(slug)}\`)`).join('; '),
        ...problemHeaders(status, route),
        content: { 'application/problem+json': { schema: schemaOf(problem, route.operationId) } },
      },
    ]),
  );
}

function problemHeaders(status: number, route: Route): Json {
  const names = headersOfProblems(status, route);
  if (names.length === 0) return {};
  return { headers: Object.fromEntries(names.map((name) => [name, headerOf(name)])) };
}

function headersOfProblems(
  status: number,
  { mergePatch }: Route,
): readonly (keyof typeof headerDescriptions)[] {
  switch (status) {
    case problemTypes.unauthenticated.status:
      return ['WWW-Authenticate'];
    // The response to a rejected body lists what is accepted (RFC 9110, 15.5.16; RFC 5789, 2.2).
    case problemTypes['unsupported-media-type'].status:
      return ['Accept', 'Accept-Encoding', ...(mergePatch === true ? (['Accept-Patch'] as const) : [])];
    // API Gateway sends these when no function has responded (infra/api/gateway-responses.ts).
    case problemTypes['rate-limited'].status:
    case problemTypes.unavailable.status:
      return ['Retry-After'];
    default:
      return [];
  }
}
