import { pageOf } from '../schemas/list-schemas.ts';
import { logLine, logQuery } from '../schemas/log-schemas.ts';
import { keyProblems, type Route } from './route.ts';

/** What attempts write. */
export const logRoutes = [
  {
    operationId: 'getLogs',
    method: 'GET',
    path: '/v1/jobs/{id}/logs',
    summary:
      'Get what an attempt has written, oldest first; with the cursors of a job that runs, as it writes it',
    servedBy: 'api',
    scope: 'jobs:read',
    query: logQuery,
    answers: {
      200: {
        description:
          'A page of lines; it may be short or empty before the end. With `Retry-After` there are no more now, but some may come',
        schema: pageOf(logLine),
        headers: ['Link', 'Retry-After'],
      },
    },
    problems: [
      'invalid-request',
      'bad-cursor',
      'not-found',
      'job-deleted',
      'log-out-of-reach',
      ...keyProblems,
    ],
  },
] as const satisfies readonly Route[];
