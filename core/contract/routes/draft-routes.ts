import { jobEdit, startRequest } from '../schemas/draft-schemas.ts';
import { jobOrReceipt } from '../schemas/job-schemas.ts';
import { noQuery } from '../schemas/list-schemas.ts';
import { bodyProblems, keyProblems, type Route } from './route.ts';

/** Editing a job, and starting a job that was created without being started. */
export const draftRoutes = [
  {
    operationId: 'editJob',
    method: 'PATCH',
    path: '/v1/jobs/{id}',
    summary: 'Edit a job: its name, tags and metadata at any time, all other members until it is started',
    servedBy: 'api',
    scope: 'jobs:write',
    query: noQuery,
    body: jobEdit,
    mergePatch: true,
    conditional: true,
    responses: {
      200: {
        description: 'The edited job',
        schema: jobOrReceipt,
        headers: ['ETag', 'Retry-After'],
      },
    },
    problems: [
      ...bodyProblems,
      'not-found',
      'job-deleted',
      'service-not-found',
      'ambiguous-version',
      'illegal-transition',
      'invalid-parameters',
      'invalid-metadata',
      'invalid-inputs',
      ...keyProblems,
    ],
  },
  {
    operationId: 'startJob',
    method: 'POST',
    path: '/v1/jobs/{id}/start',
    summary: 'Start a draft or ready job and, with `Prefer: wait`, wait for its end',
    servedBy: 'submit',
    scope: 'jobs:write',
    query: noQuery,
    body: startRequest,
    bodyOptional: true,
    conditional: true,
    supportsLongPoll: true,
    responses: {
      200: {
        description: 'The job ended within the wait time',
        schema: jobOrReceipt,
        headers: ['Location', 'ETag', 'Preference-Applied', 'Deprecation'],
      },
      202: {
        description: 'The job was started',
        schema: jobOrReceipt,
        headers: ['Location', 'ETag', 'Retry-After', 'Preference-Applied', 'Deprecation'],
      },
    },
    problems: [
      ...bodyProblems,
      'not-found',
      'job-deleted',
      'illegal-transition',
      'job-not-ready',
      ...keyProblems,
    ],
  },
] as const satisfies readonly Route[];
