import type { APIGatewayProxyResult } from 'aws-lambda';
import { matchPath, segmentsOf } from '../../core/contract/http/match-path.ts';
import type { HttpRequest } from '../_shared/http/api-request.ts';
import { noRoute, routeMethod, wrongMethod } from '../_shared/http/routing.ts';
import * as dataOperations from '../_shared/worker/worker-data-operations.ts';
import type { WorkerOperation, WorkerRequest } from '../_shared/worker/worker-operations.ts';
import * as operations from '../_shared/worker/worker-operations.ts';
import { type WorkerOperationId, workerPaths } from './worker-paths.ts';

/** The dependencies of the worker routes. */
export interface WorkerRouteDeps {
  readonly attemptDeps: WorkerRequest['deps'];
  /** Submits a sub-job; its module is loaded by the first call. */
  readonly submitChild: (request: Omit<WorkerRequest, 'deps'>) => Promise<APIGatewayProxyResult>;
}

const operationById: Readonly<Record<Exclude<WorkerOperationId, 'submitChild'>, WorkerOperation>> = {
  completeAttempt: operations.completeAttemptOperation,
  completeOutput: dataOperations.completeOutputOperation,
  createOutput: dataOperations.createOutputOperation,
  failAttempt: operations.failAttemptOperation,
  getWorkerInputs: dataOperations.getWorkerInputsOperation,
  getWorkerParameters: operations.getWorkerParametersOperation,
  listOutputParts: dataOperations.listOutputPartsOperation,
  reportHeartbeat: operations.reportHeartbeatOperation,
  reportProgress: operations.reportProgressOperation,
  requestResultUpload: operations.requestResultUploadOperation,
};

/** Routes a request to its operation; throws `not-found` for a path that is not a worker route. */
export async function serveRequest(
  deps: WorkerRouteDeps,
  event: HttpRequest,
): Promise<APIGatewayProxyResult> {
  const segments = segmentsOf(event.path);
  for (const [name, [method, path]] of Object.entries(workerPaths)) {
    const params = matchPath(path, segments);
    if (params === undefined) continue;
    if (method !== routeMethod(event)) throw wrongMethod(event, [method]);
    const id = name as WorkerOperationId; // a key of the table of paths
    if (id === 'submitChild') return deps.submitChild({ event, params });
    return operationById[id]({ deps: deps.attemptDeps, event, params });
  }
  throw noRoute(event);
}
