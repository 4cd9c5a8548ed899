import { pageOf } from '../schemas/list-schemas.ts';
import { logLine, logQuery } from '../schemas/log-schemas.ts';
import { keyProblems, type Route } from './route.ts';

/** The log output of attempts. */
export const logRoutes = [
  {
    operationId: 'getLogs',
    method: 'GET',
    path: '/v1/jobs/{id}/logs',
    summary:
      'Get the log lines of an attempt, oldest first; the cursor of a running job continues with later lines',
    servedBy: 'api',
    scope: 'jobs:read',
    query: logQuery,
    responses: {
      200: {
        description:
          'A page of lines; a page before the last one may be short or empty. With `Retry-After`, there are no more lines yet: request `nextCursor` again after that time',
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
