import type { OperationServedBy, routes } from '../../core/contract/routes/routes.ts';

type Served = OperationServedBy<'submit'>;
type RouteOf<Id extends Served> = Extract<(typeof routes)[number], { readonly operationId: Id }>;

/**
 * Where the operations of this function are. The route table says the same, and the compiler compares the two; with the
 * table a cold start would load the schemas of all answers of all routes.
 */
export const submitPaths = {
  rerunJob: ['POST', '/v1/jobs/{id}/rerun'],
  startJob: ['POST', '/v1/jobs/{id}/start'],
  submitChild: ['POST', '/v1/worker/jobs/{id}/children'],
  submitJob: ['POST', '/v1/jobs'],
  submitJobs: ['POST', '/v1/jobs/batch'],
} as const satisfies { readonly [Id in Served]: readonly [RouteOf<Id>['method'], RouteOf<Id>['path']] };
