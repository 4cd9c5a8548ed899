import { lineageGraph, lineageQuery, provGraph } from '../schemas/lineage-schemas.ts';
import { keyProblems, type Route } from './route.ts';

const responses = {
  200: {
    description: 'The nodes within the depth, and all relations between them',
    schema: lineageGraph,
    alternative: { mediaType: 'application/ld+json', schema: provGraph },
  },
} as const;

/** What jobs and data objects come from, and what comes from them. */
export const lineageRoutes = [
  {
    operationId: 'getJobLineage',
    method: 'GET',
    path: '/v1/jobs/{id}/lineage',
    summary:
      'Get what a job comes from, and what comes from it, also of a deleted job; requires `data:read` too',
    servedBy: 'api',
    scope: 'jobs:read',
    furtherScope: 'data:read',
    query: lineageQuery,
    responses,
    problems: ['invalid-request', 'not-found', ...keyProblems],
  },
  {
    operationId: 'getDataLineage',
    method: 'GET',
    path: '/v1/data/{id}/lineage',
    summary:
      'Get what a data object comes from, and what comes from it, also of a deleted object; requires `jobs:read` too',
    servedBy: 'api',
    scope: 'data:read',
    furtherScope: 'jobs:read',
    query: lineageQuery,
    responses,
    problems: ['invalid-request', 'not-found', ...keyProblems],
  },
] as const satisfies readonly Route[];
