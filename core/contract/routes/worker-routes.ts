import { jsonValue } from '../json.ts';
import { noQuery } from '../schemas/list-schemas.ts';
import {
  childSubmission,
  completion,
  failureReport,
  heartbeat,
  progressReport,
  resultUpload,
  resultUploadRequest,
  workerResponse,
} from '../schemas/worker-schemas.ts';
import { childResponses, submissionProblems } from './new-job-routes.ts';
import { bodyProblems, type Route, workerProblems } from './route.ts';

const reportReceived = {
  description: 'The report was received; when `abort` is true, the worker should stop',
  schema: workerResponse,
} as const;

export const workerRoutes = [
  {
    operationId: 'getWorkerParameters',
    method: 'GET',
    path: '/v1/worker/jobs/{id}/parameters',
    summary: 'Get the parameters of the attempt, with defaults',
    servedBy: 'api',
    requiresWorkerToken: true,
    query: noQuery,
    responses: {
      200: { description: 'The parameters', schema: jsonValue },
      303: {
        description: 'The parameters are large: fetch them from the URL in `Location` within 15 minutes',
        headers: ['Location'],
      },
    },
    problems: ['invalid-request', ...workerProblems],
  },
  {
    operationId: 'reportHeartbeat',
    method: 'POST',
    path: '/v1/worker/jobs/{id}/heartbeat',
    summary: 'Report that the attempt is still running',
    servedBy: 'api',
    requiresWorkerToken: true,
    query: noQuery,
    body: heartbeat,
    bodyOptional: true,
    responses: { 200: reportReceived },
    problems: [...bodyProblems, ...workerProblems],
  },
  {
    operationId: 'reportProgress',
    method: 'POST',
    path: '/v1/worker/jobs/{id}/progress',
    summary: 'Report progress of the attempt; reports that go backwards or exceed one per second are ignored',
    servedBy: 'api',
    requiresWorkerToken: true,
    query: noQuery,
    body: progressReport,
    responses: { 200: reportReceived },
    problems: [...bodyProblems, ...workerProblems],
  },
  {
    operationId: 'requestResultUpload',
    method: 'POST',
    path: '/v1/worker/jobs/{id}/result-upload',
    summary: 'Request a URL for the upload of a large result, valid for 15 minutes',
    servedBy: 'api',
    requiresWorkerToken: true,
    query: noQuery,
    body: resultUploadRequest,
    responses: {
      200: {
        description:
          'The URL to PUT exactly `sizeBytes` bytes to, and the reference for the completion of the attempt',
        schema: resultUpload,
      },
    },
    problems: [...bodyProblems, ...workerProblems],
  },
  {
    operationId: 'completeAttempt',
    method: 'POST',
    path: '/v1/worker/jobs/{id}/complete',
    summary: 'End the attempt with its result; a repeated report gets the same response',
    servedBy: 'api',
    requiresWorkerToken: true,
    query: noQuery,
    body: completion,
    responses: { 200: reportReceived },
    problems: [...bodyProblems, ...workerProblems],
  },
  {
    operationId: 'failAttempt',
    method: 'POST',
    path: '/v1/worker/jobs/{id}/fail',
    summary: 'End the attempt with a failure of the service; a repeated report gets the same response',
    servedBy: 'api',
    requiresWorkerToken: true,
    query: noQuery,
    body: failureReport,
    responses: { 200: reportReceived },
    problems: [...bodyProblems, ...workerProblems],
  },
  {
    operationId: 'submitChild',
    method: 'POST',
    path: '/v1/worker/jobs/{id}/children',
    summary:
      'Submit a sub-job; with the same idempotency key, every attempt of the job gets the same sub-job',
    servedBy: 'submit',
    requiresWorkerToken: true,
    query: noQuery,
    body: childSubmission,
    supportsLongPoll: true,
    supportsIdempotencyKey: true,
    responses: childResponses,
    problems: [...bodyProblems, ...workerProblems, ...submissionProblems],
  },
] as const satisfies readonly Route[];
