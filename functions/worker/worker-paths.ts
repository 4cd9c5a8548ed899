import type { routes } from '../../core/contract/routes/routes.ts';

type WorkerRoute = Extract<(typeof routes)[number], { readonly requiresWorkerToken: true }>;
export type WorkerOperationId = WorkerRoute['operationId'];
type RouteOf<Id extends WorkerOperationId> = Extract<WorkerRoute, { readonly operationId: Id }>;

/**
 * Methods and paths of the worker routes. The compiler checks them against the route table, which is not
 * imported because it would load the response schemas of all routes at a cold start.
 */
export const workerPaths = {
  completeAttempt: ['POST', '/v1/worker/jobs/{id}/complete'],
  completeOutput: ['POST', '/v1/worker/jobs/{id}/outputs/{slot}/{dataId}/complete'],
  createOutput: ['POST', '/v1/worker/jobs/{id}/outputs/{slot}'],
  failAttempt: ['POST', '/v1/worker/jobs/{id}/fail'],
  getWorkerInputs: ['GET', '/v1/worker/jobs/{id}/inputs'],
  getWorkerParameters: ['GET', '/v1/worker/jobs/{id}/parameters'],
  listOutputParts: ['GET', '/v1/worker/jobs/{id}/outputs/{slot}/{dataId}/parts'],
  reportHeartbeat: ['POST', '/v1/worker/jobs/{id}/heartbeat'],
  reportProgress: ['POST', '/v1/worker/jobs/{id}/progress'],
  requestResultUpload: ['POST', '/v1/worker/jobs/{id}/result-upload'],
  submitChild: ['POST', '/v1/worker/jobs/{id}/children'],
} as const satisfies {
  readonly [Id in WorkerOperationId]: readonly [RouteOf<Id>['method'], RouteOf<Id>['path']];
};
