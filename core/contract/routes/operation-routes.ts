import { abortRequest } from '../schemas/job-schemas.ts';
import { noQuery, pageOf } from '../schemas/list-schemas.ts';
import {
  newOperation,
  operationListQuery,
  operationOrReceipt,
  operationPreview,
  operationRefusal,
  operationRepresentation,
  operationSummary,
} from '../schemas/operation-schemas.ts';
import { bodyProblems, keyProblems, type Route } from './route.ts';

/** Operations: one action on many jobs, in the background. */
export const operationRoutes = [
  {
    operationId: 'actOnJobs',
    method: 'POST',
    path: '/v1/jobs/actions',
    summary: 'Abort, rerun, delete or tag many jobs in the background',
    servedBy: 'api',
    scope: 'jobs:write',
    query: noQuery,
    body: newOperation,
    supportsIdempotencyKey: true,
    responses: {
      200: {
        description: 'With `dryRun`: what the operation would do; nothing was changed',
        schema: operationPreview,
      },
      202: {
        description: 'The operation was accepted',
        schema: operationOrReceipt,
        headers: ['Location', 'ETag', 'Retry-After', 'Idempotency-Replayed'],
      },
    },
    problems: [...bodyProblems, 'idempotency-key-reused', 'quota-exceeded', ...keyProblems],
  },
  {
    operationId: 'listOperations',
    method: 'GET',
    path: '/v1/operations',
    summary: 'List operations, newest first',
    servedBy: 'api',
    scope: 'jobs:read',
    query: operationListQuery,
    responses: {
      200: {
        description: 'A page of operations',
        schema: pageOf(operationSummary),
        headers: ['Link'],
      },
    },
    problems: ['invalid-request', 'bad-cursor', ...keyProblems],
  },
  {
    operationId: 'getOperation',
    method: 'GET',
    path: '/v1/operations/{id}',
    summary: 'Get an operation with its counts; with `Prefer: wait`, wait for its end',
    servedBy: 'api',
    scope: 'jobs:read',
    query: noQuery,
    supportsLongPoll: true,
    responses: {
      200: {
        description: 'The current state of the operation',
        schema: operationRepresentation,
        headers: ['ETag', 'Retry-After', 'Preference-Applied'],
      },
    },
    problems: ['invalid-request', 'not-found', ...keyProblems],
  },
  {
    operationId: 'listRefusals',
    method: 'GET',
    path: '/v1/operations/{id}/refusals',
    summary: 'List the jobs or elements that an operation refused or failed to process, with the reasons',
    servedBy: 'api',
    scope: 'jobs:read',
    query: operationListQuery,
    responses: {
      200: {
        description:
          'A page of jobs or elements with their problems, in the order in which the operation processed them',
        schema: pageOf(operationRefusal),
        headers: ['Link'],
      },
    },
    problems: ['invalid-request', 'bad-cursor', 'not-found', ...keyProblems],
  },
  {
    operationId: 'abortOperation',
    method: 'POST',
    path: '/v1/operations/{id}/abort',
    summary: 'Abort an operation; the jobs that it has treated stay as they are',
    servedBy: 'api',
    scope: 'jobs:write',
    query: noQuery,
    body: abortRequest,
    bodyOptional: true,
    conditional: true,
    responses: {
      200: {
        description: 'The operation is aborted',
        schema: operationOrReceipt,
        headers: ['ETag'],
      },
      202: {
        description: 'The jobs that are being treated are finished first; then the operation is aborted',
        schema: operationOrReceipt,
        headers: ['Location', 'ETag', 'Retry-After'],
      },
    },
    problems: [...bodyProblems, 'not-found', 'operation-ended', ...keyProblems],
  },
] as const satisfies readonly Route[];
