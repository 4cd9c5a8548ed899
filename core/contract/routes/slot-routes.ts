import { redirectQuery } from '../schemas/data-schemas.ts';
import { slotContent } from '../schemas/draft-schemas.ts';
import { jobOrReceipt } from '../schemas/job-schemas.ts';
import { noQuery } from '../schemas/list-schemas.ts';
import { outputContent, outputList } from '../schemas/slot-schemas.ts';
import { bodyProblems, keyProblems, type Route } from './route.ts';

const editedJob = {
  description: 'The edited job',
  schema: jobOrReceipt,
  headers: ['ETag', 'Retry-After'],
} as const;

const editProblems = [
  'not-found',
  'job-deleted',
  'slot-not-found',
  'illegal-transition',
  ...keyProblems,
] as const;

/** The input slots of a job that was not started, and the outputs of a job. */
export const slotRoutes = [
  {
    operationId: 'setInput',
    method: 'PUT',
    path: '/v1/jobs/{id}/inputs/{slot}',
    summary: 'Set the data objects of an input slot of a draft or ready job',
    servedBy: 'api',
    scope: 'jobs:write',
    query: noQuery,
    body: slotContent,
    conditional: true,
    responses: { 200: editedJob },
    problems: [...bodyProblems, 'invalid-inputs', ...editProblems],
  },
  {
    operationId: 'removeInput',
    method: 'DELETE',
    path: '/v1/jobs/{id}/inputs/{slot}',
    summary: 'Empty an input slot of a draft or ready job',
    servedBy: 'api',
    scope: 'jobs:write',
    query: noQuery,
    conditional: true,
    responses: { 200: editedJob },
    problems: ['invalid-request', ...editProblems],
  },
  {
    operationId: 'listOutputs',
    method: 'GET',
    path: '/v1/jobs/{id}/outputs',
    summary: 'List the outputs that a job has written, also while it is running',
    servedBy: 'api',
    scope: 'jobs:read',
    query: noQuery,
    responses: {
      200: {
        description: 'The outputs; an output is complete once the job has succeeded',
        schema: outputList,
      },
    },
    problems: ['invalid-request', 'not-found', 'job-deleted', ...keyProblems],
  },
  {
    operationId: 'getOutput',
    method: 'GET',
    path: '/v1/jobs/{id}/outputs/{slot}',
    summary: 'Get the content of an output slot, or the list of its data objects',
    servedBy: 'api',
    scope: 'jobs:read',
    query: redirectQuery,
    responses: {
      200: {
        description:
          'The URL of the content, with `redirect=false`, if the slot contains exactly one data object with content; otherwise the list of its data objects',
        schema: outputContent,
      },
      303: {
        description:
          'The slot contains one data object: fetch its content from the URL in `Location` within 15 minutes',
        headers: ['Location'],
      },
    },
    problems: ['invalid-request', 'not-found', 'job-deleted', 'slot-not-found', ...keyProblems],
  },
] as const satisfies readonly Route[];
