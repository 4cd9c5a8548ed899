import * as z from 'zod/mini';
import { jsonValue } from '../json.ts';
import { problem } from '../problems/problem-schema.ts';
import { redirectQuery } from '../schemas/data-schemas.ts';
import { jobEvent } from '../schemas/event-schemas.ts';
import { abortRequest, jobAttempt, jobOrReceipt, jobRepresentation } from '../schemas/job-schemas.ts';
import { eventListQuery, noQuery, pageOf } from '../schemas/list-schemas.ts';
import { bodyProblems, keyProblems, type Route } from './route.ts';

export const jobRoutes = [
  {
    operationId: 'getJob',
    method: 'GET',
    path: '/v1/jobs/{id}',
    summary: 'Get a job; with `Prefer: wait`, wait until it has ended or, with `If-None-Match`, changed',
    servedBy: 'api',
    scope: 'jobs:read',
    query: noQuery,
    supportsLongPoll: true,
    responses: {
      200: {
        description: 'The current state of the job',
        schema: jobRepresentation,
        headers: ['ETag', 'Retry-After', 'Preference-Applied'],
      },
      304: { description: 'The job has not changed', headers: ['ETag', 'Retry-After', 'Preference-Applied'] },
    },
    problems: ['invalid-request', 'not-found', 'job-deleted', ...keyProblems],
  },
  {
    operationId: 'abortJob',
    method: 'POST',
    path: '/v1/jobs/{id}/abort',
    summary: 'Abort a job that has not ended; a repeated request gets the same response',
    servedBy: 'api',
    scope: 'jobs:write',
    query: noQuery,
    conditional: true,
    body: abortRequest,
    bodyOptional: true,
    supportsLongPoll: true,
    responses: {
      200: {
        description: 'The job is aborted',
        schema: jobOrReceipt,
        headers: ['ETag', 'Preference-Applied'],
      },
      202: {
        description: 'The attempt is being stopped; the job will be aborted',
        schema: jobOrReceipt,
        headers: ['Location', 'ETag', 'Retry-After', 'Preference-Applied'],
      },
    },
    problems: [
      ...bodyProblems,
      'not-found',
      'job-deleted',
      'already-ended',
      'illegal-transition',
      ...keyProblems,
    ],
  },
  {
    operationId: 'getResult',
    method: 'GET',
    path: '/v1/jobs/{id}/result',
    summary: 'Get the result of a job that succeeded',
    servedBy: 'api',
    scope: 'jobs:read',
    query: redirectQuery,
    supportsLongPoll: true,
    responses: {
      200: {
        description:
          'The result. With `redirect=false`, an object that contains either the result in `result` or, if it exceeds 1 MiB or is not plain JSON, its URL in `url` and the expiry of the URL in `expiresAt`',
        schema: jsonValue,
        headers: ['Preference-Applied'],
      },
      303: {
        description: 'The result is large: fetch it from the URL in `Location`',
        headers: ['Location', 'Preference-Applied'],
      },
      404: {
        description: 'The job has not ended yet (`result-not-ready`), or it does not exist (`not-found`)',
        schema: problem,
        mediaType: 'application/problem+json',
        headers: ['Retry-After', 'Preference-Applied'],
      },
      409: {
        description:
          "The job ended without a result. The problem describes the job's failure, with `code` and `jobStatus`",
        schema: problem,
        mediaType: 'application/problem+json',
        headers: ['Preference-Applied'],
      },
    },
    problems: ['invalid-request', 'not-found', 'job-deleted', 'result-not-ready', ...keyProblems],
  },
  {
    operationId: 'getRequest',
    method: 'GET',
    path: '/v1/jobs/{id}/request',
    summary: 'Get the parameters as submitted, without defaults',
    servedBy: 'api',
    scope: 'jobs:read',
    query: noQuery,
    responses: { 200: { description: 'The parameters', schema: jsonValue } },
    problems: ['invalid-request', 'not-found', 'job-deleted', ...keyProblems],
  },
  {
    operationId: 'getEvents',
    method: 'GET',
    path: '/v1/jobs/{id}/events',
    summary: "Get a job's events in chronological order, or follow them as a stream",
    servedBy: 'live',
    scope: 'jobs:read',
    query: eventListQuery,
    supportsStream: true,
    responses: {
      200: {
        description:
          'A page of CloudEvents; with `Accept: text/event-stream`, a stream of server-sent events',
        schema: pageOf(jobEvent),
        headers: ['Link'],
      },
      204: { description: 'The job has ended, and no events follow the one in `Last-Event-ID`' },
    },
    problems: ['invalid-request', 'not-found', 'bad-cursor', ...keyProblems],
  },
  {
    operationId: 'getAttempts',
    method: 'GET',
    path: '/v1/jobs/{id}/attempts',
    summary: "Get a job's attempts in chronological order, including the running one",
    servedBy: 'api',
    scope: 'jobs:read',
    query: noQuery,
    responses: {
      200: {
        description: 'The attempts, at most 10',
        schema: z.strictObject({ items: z.array(jobAttempt) }),
      },
    },
    problems: ['invalid-request', 'not-found', 'job-deleted', ...keyProblems],
  },
] as const satisfies readonly Route[];
