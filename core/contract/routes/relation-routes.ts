import { jobOrReceipt, jobSummary } from '../schemas/job-schemas.ts';
import { pageOf } from '../schemas/list-schemas.ts';
import { childListQuery, deleteJobQuery, deletionPlan } from '../schemas/relation-schemas.ts';
import { keyProblems, type Route } from './route.ts';

/** The sub-jobs of a job, and its deletion with or without them. */
export const relationRoutes = [
  {
    operationId: 'listChildren',
    method: 'GET',
    path: '/v1/jobs/{id}/children',
    summary: "List a job's sub-jobs, oldest first",
    servedBy: 'api',
    scope: 'jobs:read',
    query: childListQuery,
    responses: {
      200: {
        description: 'A page of sub-jobs; a page before the last one may be short',
        schema: pageOf(jobSummary),
        headers: ['Link'],
      },
    },
    problems: ['invalid-request', 'bad-cursor', 'not-found', 'job-deleted', ...keyProblems],
  },
  {
    operationId: 'deleteJob',
    method: 'DELETE',
    path: '/v1/jobs/{id}',
    summary: 'Delete a job that is not running; with `cascade=children`, delete all its sub-jobs too',
    servedBy: 'api',
    scope: 'jobs:write',
    query: deleteJobQuery,
    conditional: true,
    responses: {
      200: { description: 'With `dryRun=true`: the jobs that would be deleted', schema: deletionPlan },
      202: {
        description: 'The deletion continues in the background; afterwards, requests for the job get 410',
        schema: jobOrReceipt,
        headers: ['Location', 'ETag', 'Retry-After'],
      },
      204: { description: 'The job was deleted' },
    },
    problems: [
      'invalid-request',
      'not-found',
      'job-deleted',
      'job-running',
      'job-has-dependents',
      ...keyProblems,
    ],
  },
] as const satisfies readonly Route[];
