import * as z from 'zod/v4/core';
import { jobAction } from '../core/contract/job-actions.ts';
import { problem } from '../core/contract/problems/problem-schema.ts';
import { problemTypes, problemUri } from '../core/contract/problems/problem-types.ts';
import { type HeaderName, problemsOf, type Route, type RouteAnswer } from '../core/contract/routes/route.ts';
import { routes } from '../core/contract/routes/routes.ts';
import { jobEdit } from '../core/contract/schemas/draft-schemas.ts';
import { jobEvent } from '../core/contract/schemas/event-schemas.ts';
import {
  abortRequest,
  jobAbort,
  jobAttempt,
  jobError,
  jobReceipt,
  jobRepresentation,
  jobSummary,
} from '../core/contract/schemas/job-schemas.ts';
import {
  deprecation,
  serviceDefinition,
  serviceReceipt,
  serviceRepresentation,
  serviceSummary,
} from '../core/contract/schemas/service-schemas.ts';
import { rerunRequest, submission } from '../core/contract/schemas/submission-schemas.ts';
import { openAnswers } from './open-answers.ts';
import { routeParameters } from './open-api-parameters.ts';

type Json = Readonly<Record<string, unknown>>;

/** Shapes that are named in the document; every other one stands where it is used. */
const named = {
  AbortRequest: abortRequest,
  Deprecation: deprecation,
  Job: jobRepresentation,
  JobAbort: jobAbort,
  JobAction: jobAction,
  JobAttempt: jobAttempt,
  JobError: jobError,
  JobEdit: jobEdit,
  JobEvent: jobEvent,
  JobReceipt: jobReceipt,
  JobSummary: jobSummary,
  Problem: problem,
  RerunRequest: rerunRequest,
  Service: serviceRepresentation,
  ServiceDefinition: serviceDefinition,
  ServiceReceipt: serviceReceipt,
  ServiceSummary: serviceSummary,
  Submission: submission,
};

const headerTexts: Readonly<
  Record<HeaderName | 'Accept' | 'Accept-Encoding' | 'Accept-Patch' | 'WWW-Authenticate', string>
> = {
  Accept: 'Media types of a body, where the media type was refused',
  'Accept-Encoding': 'Content codings of a body, where the coding was refused',
  'Accept-Patch': 'Media types of a patch, where the media type was refused (RFC 5789)',
  Deprecation: 'Since when the service version is deprecated (RFC 9745)',
  ETag: 'Strong entity tag of the state that is shown',
  'Idempotency-Replayed':
    '`true` when an earlier request with this key made the job, or all jobs of the answer; absent otherwise',
  Link: 'The next page (RFC 8288)',
  Location: 'Where the thing is',
  'Preference-Applied': 'The wait that was used (RFC 7240)',
  'WWW-Authenticate': 'How to authenticate (RFC 9110, 11.6.1)',
  'Retry-After': 'Whole seconds until another look is worth it',
};

/** The OpenAPI 3.1 document of the route table. */
export function openApiDocument(version: string): Json {
  return openAnswers({
    openapi: '3.1.1',
    info: {
      title: 'Errand',
      version,
      summary: 'Submit jobs to registered services and follow them to their end',
      description: '`HEAD` answers wherever `GET` does, with the same headers and no body.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The address that this document came from' }],
    security: [{ bearer: [] }, { apiKey: [] }, { shortApiKey: [] }],
    tags: [
      { name: 'jobs', description: 'Submit jobs and follow them' },
      { name: 'services', description: 'Register what can be run' },
      { name: 'worker', description: 'What the code of a service tells of its attempt' },
      { name: 'system', description: 'The API itself' },
    ],
    paths: paths(),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key' },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        shortApiKey: { type: 'apiKey', in: 'header', name: 'Api-Key' },
        workerToken: { type: 'http', scheme: 'bearer', description: 'The token that an attempt was given' },
      },
      schemas: Object.fromEntries(
        Object.entries(named).map(([name, schema]) => [name, inlineSchema(schema)]),
      ),
    },
  });
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
    tags: [tagOf(route)],
    ...(route.scope === undefined ? { security: route.worker === true ? [{ workerToken: [] }] : [] } : {}),
    parameters: routeParameters(route, inlineSchema(route.query)),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: route.bodyOptional !== true,
            content: requestContent(route, schemaOf(route.body)),
          },
        }),
    responses: { ...answers(route), ...problemAnswers(route) },
  };
}

function requestContent({ mergePatch }: Route, schema: Json): Json {
  const patch = mergePatch === true ? { 'application/merge-patch+json': { schema } } : {};
  return { ...patch, 'application/json': { schema } };
}

function tagOf({ path }: Route): string {
  return /^\/v1\/(jobs|services|worker)/.exec(path)?.[1] ?? 'system';
}

function answers(route: Route): Json {
  const known: Readonly<Record<string, RouteAnswer>> =
    route.method === 'GET' ? withTag(route.answers) : route.answers;
  return Object.fromEntries(
    Object.entries(known).map(([status, answer]) => [status, answerOf(answer, route)]),
  );
}

/** What a read answers carries its tag, or is not sent because the caller has it. */
function withTag(answers: Route['answers']): Route['answers'] {
  const { 200: read, ...others } = answers;
  const headers = [...new Set<HeaderName>(['ETag', ...(read?.headers ?? [])])];
  return {
    ...(read === undefined ? {} : { 200: { ...read, headers } }),
    304: { description: 'If-None-Match names its tag', headers },
    ...others,
  };
}

function answerOf(
  { description, schema, mediaType = 'application/json', headers = [] }: RouteAnswer,
  { follows }: Route,
): Json {
  const stream = follows === true ? { 'text/event-stream': { schema: { type: 'string' } } } : {};
  return {
    description,
    ...(headers.length === 0
      ? {}
      : { headers: Object.fromEntries(headers.map((name) => [name, headerOf(name)])) }),
    ...(schema === undefined ? {} : { content: { [mediaType]: { schema: schemaOf(schema) }, ...stream } }),
  };
}

function headerOf(name: keyof typeof headerTexts): Json {
  return { description: headerTexts[name], schema: { type: 'string' } };
}

/** One answer a status, telling each problem that may be behind it. */
function problemAnswers(route: Route): Json {
  const byStatus = Map.groupBy(problemsOf(route), (slug) => problemTypes[slug].status);
  const entries = [...byStatus].filter(([status]) => !(status in route.answers));
  return Object.fromEntries(
    entries.map(([status, slugs]) => [
      status,
      {
        description: slugs.map((slug) => `${problemTypes[slug].title} (\`${problemUri(slug)}\`)`).join('; '),
        ...problemHeaders(status, route),
        content: { 'application/problem+json': { schema: schemaOf(problem) } },
      },
    ]),
  );
}

function problemHeaders(status: number, route: Route): Json {
  const names = headersOfProblems(status, route);
  if (names.length === 0) return {};
  return { headers: Object.fromEntries(names.map((name) => [name, headerOf(name)])) };
}

function headersOfProblems(status: number, { mergePatch }: Route): readonly (keyof typeof headerTexts)[] {
  switch (status) {
    case problemTypes.unauthenticated.status:
      return ['WWW-Authenticate'];
    // A refused body is answered with what would be accepted (RFC 9110, 15.5.16; RFC 5789, 2.2).
    case problemTypes['unsupported-media-type'].status:
      return ['Accept', 'Accept-Encoding', ...(mergePatch === true ? (['Accept-Patch'] as const) : [])];
    // API Gateway gives both where no function has answered (infra/api/gateway-responses.ts).
    case problemTypes['rate-limited'].status:
    case problemTypes.unavailable.status:
      return ['Retry-After'];
    default:
      return [];
  }
}

function schemaOf(schema: z.$ZodType): Json {
  const name = Object.entries(named).find(([, candidate]) => candidate === schema)?.[0];
  return name === undefined ? inlineSchema(schema) : { $ref: `#/components/schemas/${name}` };
}

/** JSON Schema of a shape, in which named shapes are references and values that we do not look into are anything. */
function inlineSchema(schema: z.$ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    unrepresentable: 'any',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const name = Object.entries(named).find(([, candidate]) => candidate === zodSchema)?.[0];
      if (name === undefined || zodSchema === schema) return;
      for (const key of Object.keys(jsonSchema)) delete (jsonSchema as Record<string, unknown>)[key];
      Object.assign(jsonSchema, { $ref: `#/components/schemas/${name}` });
    },
  });
  return json;
}
