import type { APIGatewayProxyResult } from 'aws-lambda';
import { parseWire } from '../../../core/contract/http/parse-wire.ts';
import {
  completion,
  failureReport,
  heartbeat,
  progressReport,
  resultUploadRequest,
} from '../../../core/contract/schemas/worker-schemas.ts';
import type { EndAttemptDeps } from '../../../core/jobs/attempts/settle-attempt.ts';
import { completeAttempt } from '../../../core/jobs/worker/complete-attempt.ts';
import { failAttempt } from '../../../core/jobs/worker/fail-attempt.ts';
import { getWorkerParameters } from '../../../core/jobs/worker/get-worker-parameters.ts';
import { reportHeartbeat } from '../../../core/jobs/worker/report-heartbeat.ts';
import { reportProgress } from '../../../core/jobs/worker/report-progress.ts';
import { requestResultUpload } from '../../../core/jobs/worker/request-result-upload.ts';
import type { WorkerCaller } from '../../../core/jobs/worker/worker-access.ts';
import type { ContentStore } from '../../../core/ports/data/content-store.ts';
import type { DataStore } from '../../../core/ports/data/data-store.ts';
import type { JobStore } from '../../../core/ports/job-store.ts';
import type { ServiceStore } from '../../../core/ports/service-store.ts';
import type { Settings } from '../../../core/ports/settings.ts';
import { readJsonBody, readOptionalJsonBody, rejectQuery } from '../http/api-request.ts';
import type { OperationRequest } from '../http/operation-request.ts';
import { emptyResponse, jsonResponse, serializedResponse } from '../http/responses.ts';
import { serveWorker } from './worker-caller.ts';

/** The dependencies of the worker operations. */
export interface WorkerDeps extends Omit<EndAttemptDeps, 'jobs' | 'services' | 'data'> {
  readonly jobs: JobStore;
  readonly data: DataStore;
  readonly contents: ContentStore;
  /** Cached store for versions that a job has used; a deprecation may become visible late. */
  readonly cachedServices: ServiceStore;
  readonly settings: EndAttemptDeps['settings'] & Pick<Settings, 'dataRetentionDays'>;
}

/** A request to a worker operation. */
export type WorkerRequest = OperationRequest<WorkerDeps>;

/** Serves one of the worker routes. */
export type WorkerOperation = (request: WorkerRequest) => Promise<APIGatewayProxyResult>;

type CallerOperation = (request: WorkerRequest, caller: WorkerCaller) => Promise<APIGatewayProxyResult>;

export const getWorkerParametersOperation = forWorkers(async ({ deps }, caller) => {
  const parameters = await getWorkerParameters(deps, caller);
  return parameters.kind === 'value'
    ? serializedResponse(200, parameters.json)
    : emptyResponse(303, { Location: parameters.url });
});

export const reportHeartbeatOperation = forWorkers(async ({ deps, event }, caller) => {
  parseWire(heartbeat, readOptionalJsonBody(event));
  return jsonResponse(200, await reportHeartbeat(deps, caller));
});

export const reportProgressOperation = forWorkers(async ({ deps, event }, caller) => {
  const progress = parseWire(progressReport, readJsonBody(event));
  return jsonResponse(200, await reportProgress(deps, { caller, progress }));
});

export const requestResultUploadOperation = forWorkers(async ({ deps, event }, caller) => {
  const upload = parseWire(resultUploadRequest, readJsonBody(event));
  return jsonResponse(200, await requestResultUpload(deps, { caller, upload }));
});

export const completeAttemptOperation = forWorkers(async ({ deps, event }, caller) => {
  const reported = parseWire(completion, readJsonBody(event));
  const ended = completeAttempt({ ...deps, services: deps.cachedServices }, { caller, completion: reported });
  return jsonResponse(200, await ended);
});

export const failAttemptOperation = forWorkers(async ({ deps, event }, caller) => {
  const failure = parseWire(failureReport, readJsonBody(event));
  const ended = failAttempt({ ...deps, services: deps.cachedServices }, { caller, failure });
  return jsonResponse(200, await ended);
});

/**
 * Admits callers with any token of the job; the use case checks whether the token is that of the current
 * attempt.
 */
export function forWorkers(operation: CallerOperation): WorkerOperation {
  return (request) =>
    serveWorker(request, async (caller) => {
      rejectQuery(request.event);
      return operation(request, caller);
    });
}
