import * as z from 'zod/mini';
import { jobRepresentation, shownJob, submittedBatch } from '../schemas/job-schemas.ts';
import { noQuery } from '../schemas/list-schemas.ts';
import { rerunRequest, submission, submissionBatch } from '../schemas/submission-schemas.ts';
import { submitQuery, validSubmission } from '../schemas/validate-schemas.ts';
import { bodyProblems, keyProblems, type Route } from './route.ts';

const newJobHeaders = [
  'Location',
  'ETag',
  'Retry-After',
  'Preference-Applied',
  'Deprecation',
  'Idempotency-Replayed',
] as const;

/** What a route that makes a job answers, as the schema shows the job. */
function answersWith<Schema extends z.core.$ZodType>(schema: Schema) {
  return {
    200: {
      description: 'The job ended within the wait',
      schema,
      headers: ['Location', 'ETag', 'Preference-Applied', 'Deprecation', 'Idempotency-Replayed'],
    },
    201: {
      description: 'The job is made without a start: a draft, or ready to be started',
      schema,
      headers: newJobHeaders,
    },
    202: { description: 'The job is accepted', schema, headers: newJobHeaders },
  } as const;
}

const newJobAnswers = answersWith(shownJob);

/** What a worker is answered, which may read the sub-jobs that it makes. */
export const childAnswers = answersWith(jobRepresentation);

const newJobProblems = [
  ...bodyProblems,
  'service-not-found',
  'ambiguous-version',
  'invalid-parameters',
  'unknown-job',
  'parent-ended',
  'job-deleted',
  'idempotency-key-reused',
  ...keyProblems,
] as const;

export const newJobRoutes = [
  {
    operationId: 'submitJob',
    method: 'POST',
    path: '/v1/jobs',
    summary: 'Submit a job, and hold the call until it ends when asked to',
    servedBy: 'submit',
    scope: 'jobs:write',
    query: submitQuery,
    body: submission,
    waits: true,
    repeatable: true,
    answers: {
      ...newJobAnswers,
      200: {
        ...newJobAnswers[200],
        description: 'The job ended within the wait; or, with `validateOnly=true`, it would be accepted',
        schema: z.union([...shownJob.def.options, validSubmission]),
      },
    },
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
    operationId: 'rerunJob',
    method: 'POST',
    path: '/v1/jobs/{id}/rerun',
    summary: 'Run a job that has ended once more, as a new job; the body tells what is to be different',
    servedBy: 'submit',
    scope: 'jobs:write',
    query: noQuery,
    body: rerunRequest,
    bodyOptional: true,
    guarded: true,
    waits: true,
    repeatable: true,
    answers: newJobAnswers,
    problems: ['not-found', 'illegal-transition', ...newJobProblems],
  },
] as const satisfies readonly Route[];
