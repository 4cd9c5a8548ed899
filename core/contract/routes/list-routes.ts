import * as z from 'zod/mini';
import {
  groupListQuery,
  groupRepresentation,
  jobListQuery,
  jobStats,
  jobStatsQuery,
} from '../schemas/job-list-schemas.ts';
import { jobSummary } from '../schemas/job-schemas.ts';
import { noQuery, pageOf } from '../schemas/list-schemas.ts';
import { metadataFilters } from '../schemas/metadata-schemas.ts';
import { keyProblems, type Route } from './route.ts';

export const listRoutes = [
  {
    operationId: 'listJobs',
    method: 'GET',
    path: '/v1/jobs',
    summary: 'List jobs, newest first by default',
    servedBy: 'api',
    scope: 'jobs:read',
    query: jobListQuery,
    queryGroups: { metadata: metadataFilters },
    responses: {
      200: {
        description:
          'A page of jobs; `scanned` is the number of jobs that were read for filters without an index',
        schema: z.strictObject({ ...pageOf(jobSummary).shape, scanned: z.optional(z.int()) }),
        headers: ['Link'],
      },
    },
    problems: ['invalid-request', 'bad-cursor', ...keyProblems],
  },
  {
    operationId: 'getJobStats',
    method: 'GET',
    path: '/v1/jobs/stats',
    summary: 'Count jobs by state, service and day of creation',
    servedBy: 'api',
    scope: 'jobs:read',
    query: jobStatsQuery,
    responses: { 200: { description: 'The counts', schema: jobStats } },
    problems: ['invalid-request', ...keyProblems],
  },
  {
    operationId: 'listGroups',
    method: 'GET',
    path: '/v1/groups',
    summary: 'List groups of jobs with their counts, by name',
    servedBy: 'api',
    scope: 'jobs:read',
    query: groupListQuery,
    responses: {
      200: { description: 'A page of groups', schema: pageOf(groupRepresentation), headers: ['Link'] },
    },
    problems: ['invalid-request', 'bad-cursor', ...keyProblems],
  },
  {
    operationId: 'getGroup',
    method: 'GET',
    path: '/v1/groups/{name}',
    summary: 'Count the jobs of a group by state, and estimate when they will have ended',
    servedBy: 'api',
    scope: 'jobs:read',
    query: noQuery,
    responses: { 200: { description: 'The counts', schema: groupRepresentation } },
    problems: ['invalid-request', 'not-found', ...keyProblems],
  },
] as const satisfies readonly Route[];
