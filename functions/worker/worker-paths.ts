import type { routes } from '../../core/contract/routes/routes.ts';

type WorkerRoute = Extract<(typeof routes)[number], { readonly worker: true }>;
export type WorkerOperationId = WorkerRoute['operationId'];
type RouteOf<Id extends WorkerOperationId> = Extract<WorkerRoute, { readonly operationId: Id }>;

/**
 * Where the worker routes are. The route table says the same, and the compiler compares the two; with the table a cold
 * start would load the schemas of all answers of all routes.
 */
export const workerPaths = {
  completeAttempt: ['POST', '/v1/worker/jobs/{id}/complete'],
  failAttempt: ['POST', '/v1/worker/jobs/{id}/fail'],
  getWorkerParameters: ['GET', '/v1/worker/jobs/{id}/parameters'],
  reportHeartbeat: ['POST', '/v1/worker/jobs/{id}/heartbeat'],
  reportProgress: ['POST', '/v1/worker/jobs/{id}/progress'],
  requestResultUpload: ['POST', '/v1/worker/jobs/{id}/result-upload'],
  submitChild: ['POST', '/v1/worker/jobs/{id}/children'],
} as const satisfies {
  readonly [Id in WorkerOperationId]: readonly [RouteOf<Id>['method'], RouteOf<Id>['path']];
};
