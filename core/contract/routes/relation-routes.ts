import { jobSummary, shownJob } from '../schemas/job-schemas.ts';
import { pageOf } from '../schemas/list-schemas.ts';
import { childListQuery, deleteJobQuery, removalPlan } from '../schemas/relation-schemas.ts';
import { keyProblems, type Route } from './route.ts';

/** What a job has to do with others: its sub-jobs, and what its deletion means for them. */
export const relationRoutes = [
  {
    operationId: 'listChildren',
    method: 'GET',
    path: '/v1/jobs/{id}/children',
    summary: "List a job's sub-jobs, oldest first",
    servedBy: 'api',
    scope: 'jobs:read',
    query: childListQuery,
    answers: {
      200: {
        description: 'A page of sub-jobs; it may be short before the end',
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
    summary: 'Delete a job that does not run, and with `cascade=children` all that is below it',
    servedBy: 'api',
    scope: 'jobs:write',
    query: deleteJobQuery,
    guarded: true,
    answers: {
      200: { description: 'With `dryRun=true`: what would be deleted', schema: removalPlan },
      202: {
        description: 'The deletion goes on; the job answers 410 when it is done',
        schema: shownJob,
        headers: ['Location', 'ETag', 'Retry-After'],
      },
      204: { description: 'Deleted' },
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
