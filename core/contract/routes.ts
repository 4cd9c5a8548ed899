import * as z from 'zod/mini';
import { jobEvent } from './event-schemas.ts';
import {
  abortRequest,
  jobAttempt,
  jobRepresentation,
  jobSummary,
  rerunRequest,
  submission,
  submissionBatch,
  submittedBatch,
} from './job-schemas.ts';
import { jsonValue } from './json.ts';
import { eventListQuery, jobListQuery, noQuery, pageOf, serviceListQuery } from './list-schemas.ts';
import { problem } from './problem-schema.ts';
import type { ProblemSlug } from './problem-types.ts';
import { deprecation, serviceDefinition, serviceRepresentation, serviceSummary } from './service-schemas.ts';

type Schema = z.core.$ZodType;

export interface RouteAnswer {
  readonly description: string;
  /** Absent when the answer has no body. */
  readonly schema?: Schema;
  readonly mediaType?: string;
  /** Names of headers that this answer may carry, each described in the OpenAPI document. */
  readonly headers?: readonly HeaderName[];
}

export type HeaderName =
  | 'Deprecation'
  | 'ETag'
  | 'Idempotency-Replayed'
  | 'Link'
  | 'Location'
  | 'Preference-Applied'
  | 'Retry-After';

/** What a key must allow for a route; a key may hold several. */
export type Scope = 'jobs:read' | 'jobs:write' | 'services:read' | 'services:write';
export const scopes = [
  'jobs:read',
  'jobs:write',
  'services:read',
  'services:write',
] as const satisfies Scope[];

/** One operation of the API. The router, the API's resources, the OpenAPI document and the tests are made from it. */
export interface Route {
  readonly operationId: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `{name}` stands for one segment. */
  readonly path: string;
  readonly summary: string;
  /** The function that serves it: `submit` answers as a stream and may hold the call, `api` answers whole. */
  readonly servedBy: 'submit' | 'api';
  /** Absent: no key is asked for. */
  readonly scope?: Scope;
  readonly query: z.core.$ZodObject;
  readonly body?: Schema;
  /** True when a request without a body counts as `{}`. */
  readonly bodyOptional?: boolean;
  /** True when `Prefer: wait=N` and `Timeout: N` are heard. */
  readonly waits?: boolean;
  readonly conditional?: boolean;
  /** True when `Idempotency-Key` is heard, so that the request may be sent again. */
  readonly repeatable?: boolean;
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  readonly problems: readonly ProblemSlug[];
}

const keyProblems = ['unauthenticated', 'forbidden', 'rate-limited', 'internal', 'unavailable'] as const;
const bodyProblems = ['invalid-json', 'invalid-request', 'body-too-large', 'unsupported-media-type'] as const;

/** What every route that makes a job answers. */
const newJobAnswers = {
  200: {
    description: 'The job ended within the wait',
    schema: jobRepresentation,
    headers: ['Location', 'ETag', 'Preference-Applied', 'Deprecation', 'Idempotency-Replayed'],
  },
  202: {
    description: 'The job is accepted',
    schema: jobRepresentation,
    headers: ['Location', 'ETag', 'Retry-After', 'Preference-Applied', 'Deprecation', 'Idempotency-Replayed'],
  },
} as const;
const newJobProblems = [
  ...bodyProblems,
  'service-not-found',
  'ambiguous-version',
  'invalid-parameters',
  'idempotency-key-reused',
  ...keyProblems,
] as const;

export const routes = [
  {
    operationId: 'getHealth',
    method: 'GET',
    path: '/v1/health',
    summary: 'Tell that the API answers',
    servedBy: 'api',
    query: noQuery,
    answers: { 200: { description: 'The API answers', schema: z.strictObject({ status: z.literal('ok') }) } },
    problems: ['invalid-request', 'internal'],
  },
  {
    operationId: 'getOpenApi',
    method: 'GET',
    path: '/v1/openapi.json',
    summary: 'Describe this API in OpenAPI 3.1',
    servedBy: 'api',
    query: noQuery,
    answers: { 200: { description: 'The OpenAPI document', schema: jsonValue } },
    problems: ['invalid-request', 'internal'],
  },
  {
    operationId: 'listServices',
    method: 'GET',
    path: '/v1/services',
    summary: 'List registered service versions, by name and version',
    servedBy: 'api',
    scope: 'services:read',
    query: serviceListQuery,
    answers: {
      200: { description: 'A page of versions', schema: pageOf(serviceSummary), headers: ['Link'] },
    },
    problems: ['invalid-request', 'bad-cursor', ...keyProblems],
  },
  {
    operationId: 'getService',
    method: 'GET',
    path: '/v1/services/{name}',
    summary: 'Get a service with all its versions, newest first',
    servedBy: 'api',
    scope: 'services:read',
    query: noQuery,
    answers: {
      200: {
        description: 'The service',
        schema: z.strictObject({ name: z.string(), versions: z.array(serviceRepresentation) }),
      },
    },
    problems: ['invalid-request', 'service-not-found', ...keyProblems],
  },
  {
    operationId: 'getServiceVersion',
    method: 'GET',
    path: '/v1/services/{name}/versions/{version}',
    summary: 'Get one version',
    servedBy: 'api',
    scope: 'services:read',
    query: noQuery,
    answers: { 200: { description: 'The version', schema: serviceRepresentation } },
    problems: ['invalid-request', 'service-not-found', ...keyProblems],
  },
  {
    operationId: 'registerService',
    method: 'PUT',
    path: '/v1/services/{name}/versions/{version}',
    summary: 'Register a version, or change one that no job has used',
    servedBy: 'api',
    scope: 'services:write',
    query: noQuery,
    body: serviceDefinition,
    answers: {
      200: { description: 'Unchanged, or changed because no job has used it', schema: serviceRepresentation },
      201: { description: 'Registered', schema: serviceRepresentation, headers: ['Location'] },
    },
    problems: [...bodyProblems, 'version-immutable', 'schema-invalid', ...keyProblems],
  },
  {
    operationId: 'deprecateService',
    method: 'POST',
    path: '/v1/services/{name}/versions/{version}/deprecate',
    summary: 'Mark a version as no longer recommended',
    servedBy: 'api',
    scope: 'services:write',
    query: noQuery,
    body: deprecation,
    answers: { 200: { description: 'The deprecated version', schema: serviceRepresentation } },
    problems: [...bodyProblems, 'service-not-found', ...keyProblems],
  },
  {
    operationId: 'deleteService',
    method: 'DELETE',
    path: '/v1/services/{name}/versions/{version}',
    summary: 'Delete a version that no job has used',
    servedBy: 'api',
    scope: 'services:write',
    query: noQuery,
    answers: { 204: { description: 'Deleted' } },
    problems: ['invalid-request', 'service-not-found', 'service-in-use', ...keyProblems],
  },
  {
    operationId: 'submitJob',
    method: 'POST',
    path: '/v1/jobs',
    summary: 'Submit a job, and hold the call until it ends when asked to',
    servedBy: 'submit',
    scope: 'jobs:write',
    query: noQuery,
    body: submission,
    waits: true,
    repeatable: true,
    answers: newJobAnswers,
    problems: newJobProblems,
  },
  {
    operationId: 'submitJobs',
    method: 'POST',
    path: '/v1/jobs/batch',
    summary: 'Submit up to 100 jobs at once; each is accepted or refused by itself',
    servedBy: 'submit',
    scope: 'jobs:write',
    query: noQuery,
    body: submissionBatch,
    repeatable: true,
    answers: {
      202: {
        description: 'What became of each job, in the order of the request: it is accepted, or has a problem',
        schema: submittedBatch,
        headers: ['Idempotency-Replayed'],
      },
    },
    problems: [...bodyProblems, 'idempotency-key-reused', ...keyProblems],
  },
  {
    operationId: 'listJobs',
    method: 'GET',
    path: '/v1/jobs',
    summary: 'List jobs, newest first',
    servedBy: 'api',
    scope: 'jobs:read',
    query: jobListQuery,
    answers: {
      200: {
        description: 'A page of jobs; `scanned` tells how many were read for filters that no index serves',
        schema: z.strictObject({ ...pageOf(jobSummary).shape, scanned: z.optional(z.int()) }),
        headers: ['Link'],
      },
    },
    problems: ['invalid-request', 'bad-cursor', ...keyProblems],
  },
  {
    operationId: 'getJob',
    method: 'GET',
    path: '/v1/jobs/{id}',
    summary: 'Get a job; with a wait, once it has ended or, with If-None-Match, changed',
    servedBy: 'api',
    scope: 'jobs:read',
    query: noQuery,
    waits: true,
    conditional: true,
    answers: {
      200: {
        description: 'The job as it is now',
        schema: jobRepresentation,
        headers: ['ETag', 'Retry-After', 'Preference-Applied'],
      },
      304: { description: 'Unchanged', headers: ['ETag', 'Retry-After', 'Preference-Applied'] },
    },
    problems: ['invalid-request', 'not-found', ...keyProblems],
  },
  {
    operationId: 'abortJob',
    method: 'POST',
    path: '/v1/jobs/{id}/abort',
    summary: 'Abort a job that has not ended; asked again, the answer is the same',
    servedBy: 'api',
    scope: 'jobs:write',
    query: noQuery,
    body: abortRequest,
    bodyOptional: true,
    waits: true,
    answers: {
      200: {
        description: 'The job is aborted',
        schema: jobRepresentation,
        headers: ['ETag', 'Preference-Applied'],
      },
      202: {
        description: 'The attempt is being stopped; the job will be aborted',
        schema: jobRepresentation,
        headers: ['Location', 'ETag', 'Retry-After', 'Preference-Applied'],
      },
    },
    problems: [...bodyProblems, 'not-found', 'already-ended', ...keyProblems],
  },
  {
    operationId: 'rerunJob',
    method: 'POST',
    path: '/v1/jobs/{id}/rerun',
    summary: 'Run a job that has ended once more, as a new job; the body tells what is to be different',
    servedBy: 'submit',
    scope: 'jobs:write',
    query: noQuery,
    body: rerunRequest,
    bodyOptional: true,
    waits: true,
    repeatable: true,
    answers: newJobAnswers,
    problems: ['not-found', 'illegal-transition', ...newJobProblems],
  },
  {
    operationId: 'getResult',
    method: 'GET',
    path: '/v1/jobs/{id}/result',
    summary: 'Get the result of a job that succeeded',
    servedBy: 'api',
    scope: 'jobs:read',
    query: noQuery,
    waits: true,
    answers: {
      200: { description: 'The result', schema: jsonValue, headers: ['Preference-Applied'] },
      303: {
        description: 'The result is large: fetch it from this address',
        headers: ['Location', 'Preference-Applied'],
      },
      404: {
        description: 'The job has not ended yet (`result-not-ready`), or there is none (`not-found`)',
        schema: problem,
        mediaType: 'application/problem+json',
        headers: ['Retry-After', 'Preference-Applied'],
      },
      409: {
        description: "The job ended without a result: the job's own problem, with `code` and `jobStatus`",
        schema: problem,
        mediaType: 'application/problem+json',
        headers: ['Preference-Applied'],
      },
    },
    problems: ['invalid-request', 'not-found', 'result-not-ready', ...keyProblems],
  },
  {
    operationId: 'getRequest',
    method: 'GET',
    path: '/v1/jobs/{id}/request',
    summary: 'Get the parameters as they were submitted, before defaults',
    servedBy: 'api',
    scope: 'jobs:read',
    query: noQuery,
    answers: { 200: { description: 'The parameters', schema: jsonValue } },
    problems: ['invalid-request', 'not-found', ...keyProblems],
  },
  {
    operationId: 'getEvents',
    method: 'GET',
    path: '/v1/jobs/{id}/events',
    summary: "Get a job's events in the order they happened",
    servedBy: 'api',
    scope: 'jobs:read',
    query: eventListQuery,
    answers: { 200: { description: 'A page of CloudEvents', schema: pageOf(jobEvent), headers: ['Link'] } },
    problems: ['invalid-request', 'not-found', 'bad-cursor', ...keyProblems],
  },
  {
    operationId: 'getAttempts',
    method: 'GET',
    path: '/v1/jobs/{id}/attempts',
    summary: "Get a job's attempts in their order, the one that runs included",
    servedBy: 'api',
    scope: 'jobs:read',
    query: noQuery,
    answers: {
      200: {
        description: 'The attempts, at most 10',
        schema: z.strictObject({ items: z.array(jobAttempt) }),
      },
    },
    problems: ['invalid-request', 'not-found', ...keyProblems],
  },
] as const satisfies readonly Route[];

export type OperationId = (typeof routes)[number]['operationId'];

/** The operations that one function serves. */
export type OperationServedBy<Server extends Route['servedBy']> = Extract<
  (typeof routes)[number],
  { readonly servedBy: Server }
>['operationId'];
