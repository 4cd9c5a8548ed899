import * as z from 'zod/mini';
import { bulkSubmissionResponse, jobOrReceipt, jobRepresentation } from '../schemas/job-schemas.ts';
import { noQuery } from '../schemas/list-schemas.ts';
import { operationOrReceipt } from '../schemas/operation-schemas.ts';
import { arraySubmission } from '../schemas/operations/array-schemas.ts';
import { bulkSubmission, rerunRequest, submission } from '../schemas/submission-schemas.ts';
import { submitQuery } from '../schemas/submit-query.ts';
import { bodyProblems, keyProblems, type Route } from './route.ts';

const newJobHeaders = [
  'Location',
  'ETag',
  'Retry-After',
  'Preference-Applied',
  'Deprecation',
  'Idempotency-Replayed',
] as const;

/** The responses of a route that creates a job; `schema` is the representation of the job. */
function newJobResponsesWith<Schema extends z.core.$ZodType>(schema: Schema) {
  return {
    200: {
      description: 'The job ended within the wait time',
      schema,
      headers: ['Location', 'ETag', 'Preference-Applied', 'Deprecation', 'Idempotency-Replayed'],
    },
    201: {
      description: 'The job was created without being started; its status is `draft` or `ready`',
      schema,
      headers: newJobHeaders,
    },
    202: { description: 'The job was accepted', schema, headers: newJobHeaders },
  } as const;
}

const newJobResponses = newJobResponsesWith(jobOrReceipt);

/** The responses to a worker, which may read the sub-jobs that it creates. */
export const childResponses = newJobResponsesWith(jobRepresentation);

/** The problems with what a submission names, which a worker and a caller with a key share. */
export const submissionProblems = [
  'service-not-found',
  'ambiguous-version',
  'invalid-parameters',
  'invalid-metadata',
  'invalid-inputs',
  'unknown-job',
  'parent-ended',
  'job-deleted',
  'idempotency-key-reused',
] as const;

const newJobProblems = [...bodyProblems, ...submissionProblems, ...keyProblems] as const;

export const newJobRoutes = [
  {
    operationId: 'submitJob',
    method: 'POST',
    path: '/v1/jobs',
    summary: 'Submit a job and, with `Prefer: wait`, wait for its end',
    servedBy: 'submit',
    scope: 'jobs:write',
    query: submitQuery,
    body: submission,
    supportsLongPoll: true,
    supportsIdempotencyKey: true,
    responses: {
      ...newJobResponses,
      204: { description: 'With `validateOnly=true`: the submission is valid' },
    },
    problems: newJobProblems,
  },
  {
    operationId: 'submitJobs',
    method: 'POST',
    path: '/v1/jobs/batch',
    summary: 'Submit up to 100 jobs in one request, or an array job: one job for each element of a list',
    servedBy: 'submit',
    scope: 'jobs:write',
    query: noQuery,
    body: z.union([bulkSubmission, arraySubmission]),
    supportsIdempotencyKey: true,
    responses: {
      202: {
        description:
          'For `jobs`: one item for each submission, in the order of the request, with the accepted job or a problem. For an array job: the operation that submits its jobs',
        schema: z.union([bulkSubmissionResponse, operationOrReceipt]),
        headers: ['Location', 'ETag', 'Retry-After', 'Idempotency-Replayed'],
      },
    },
    problems: [...bodyProblems, 'invalid-inputs', 'idempotency-key-reused', 'quota-exceeded', ...keyProblems],
  },
  {
    operationId: 'rerunJob',
    method: 'POST',
    path: '/v1/jobs/{id}/rerun',
    summary: 'Run an ended job again as a new job; the body contains the changes',
    servedBy: 'submit',
    scope: 'jobs:write',
    query: noQuery,
    body: rerunRequest,
    bodyOptional: true,
    conditional: true,
    supportsLongPoll: true,
    supportsIdempotencyKey: true,
    responses: newJobResponses,
    problems: ['not-found', 'illegal-transition', ...newJobProblems],
  },
] as const satisfies readonly Route[];
