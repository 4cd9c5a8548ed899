import type { OperationServedBy, routes } from '../../core/contract/routes/routes.ts';

type Served = OperationServedBy<'submit'>;
type RouteOf<Id extends Served> = Extract<(typeof routes)[number], { readonly operationId: Id }>;

/**
 * Methods and paths of this function's operations. The compiler checks them against the route table, which is
 * not imported because it would load the response schemas of all routes at a cold start.
 */
export const submitPaths = {
  rerunJob: ['POST', '/v1/jobs/{id}/rerun'],
  startJob: ['POST', '/v1/jobs/{id}/start'],
  submitChild: ['POST', '/v1/worker/jobs/{id}/children'],
  submitJob: ['POST', '/v1/jobs'],
  submitJobs: ['POST', '/v1/jobs/batch'],
} as const satisfies { readonly [Id in Served]: readonly [RouteOf<Id>['method'], RouteOf<Id>['path']] };
