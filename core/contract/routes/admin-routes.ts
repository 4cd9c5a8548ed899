import { redriveReport, redriveRequest } from '../schemas/admin-schemas.ts';
import { noQuery } from '../schemas/list-schemas.ts';
import { bodyProblems, keyProblems, type Route } from './route.ts';

/** Routes for the operator of the deployment, which belong to no tenant. */
export const adminRoutes = [
  {
    operationId: 'redriveEvents',
    method: 'POST',
    path: '/v1/admin/redrive',
    summary: 'Publish again the events of all tenants that could not be published',
    servedBy: 'api',
    scope: 'admin',
    query: noQuery,
    body: redriveRequest,
    bodyOptional: true,
    responses: {
      200: {
        description: 'The numbers of batches that were found, published and kept',
        schema: redriveReport,
      },
    },
    problems: [...bodyProblems, 'bad-cursor', ...keyProblems],
  },
] as const satisfies readonly Route[];
