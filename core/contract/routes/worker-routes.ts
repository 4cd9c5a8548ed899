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
  workerAnswer,
} from '../schemas/worker-schemas.ts';
import { childAnswers } from './new-job-routes.ts';
import { bodyProblems, type Route } from './route.ts';

/** What every route with a worker token may answer. */
const workerProblems = [
  'unauthenticated',
  'stale-attempt',
  'rate-limited',
  'internal',
  'unavailable',
] as const;

const heard = { description: 'Heard; `abort` tells to stop', schema: workerAnswer } as const;

export const workerRoutes = [
  {
    operationId: 'getWorkerParameters',
    method: 'GET',
    path: '/v1/worker/jobs/{id}/parameters',
    summary: 'Get the parameters to run with, defaults included',
    servedBy: 'api',
    worker: true,
    query: noQuery,
    answers: {
      200: { description: 'The parameters', schema: jsonValue },
      303: { description: 'They are large: where they are, for 15 minutes', headers: ['Location'] },
    },
    problems: ['invalid-request', ...workerProblems],
  },
  {
    operationId: 'reportHeartbeat',
    method: 'POST',
    path: '/v1/worker/jobs/{id}/heartbeat',
    summary: 'Tell that the attempt goes on',
    servedBy: 'api',
    worker: true,
    query: noQuery,
    body: heartbeat,
    bodyOptional: true,
    answers: { 200: heard },
    problems: [...bodyProblems, ...workerProblems],
  },
  {
    operationId: 'reportProgress',
    method: 'POST',
    path: '/v1/worker/jobs/{id}/progress',
    summary: 'Tell how far the attempt is; more than one report a second, or one that goes back, is dropped',
    servedBy: 'api',
    worker: true,
    query: noQuery,
    body: progressReport,
    answers: { 200: heard },
    problems: [...bodyProblems, ...workerProblems],
  },
  {
    operationId: 'requestResultUpload',
    method: 'POST',
    path: '/v1/worker/jobs/{id}/result-upload',
    summary: 'Ask for an address to PUT a large result to, for 15 minutes',
    servedBy: 'api',
    worker: true,
    query: noQuery,
    body: resultUploadRequest,
    answers: {
      200: {
        description: 'Where to PUT exactly so many bytes, and the reference to complete with',
        schema: resultUpload,
      },
    },
    problems: [...bodyProblems, ...workerProblems],
  },
  {
    operationId: 'completeAttempt',
    method: 'POST',
    path: '/v1/worker/jobs/{id}/complete',
    summary: 'End the attempt with its result; the same told again is answered like the first time',
    servedBy: 'api',
    worker: true,
    query: noQuery,
    body: completion,
    answers: { 200: heard },
    problems: [...bodyProblems, ...workerProblems],
  },
  {
    operationId: 'failAttempt',
    method: 'POST',
    path: '/v1/worker/jobs/{id}/fail',
    summary:
      "End the attempt with the service's own failure; the same told again is answered like the first time",
    servedBy: 'api',
    worker: true,
    query: noQuery,
    body: failureReport,
    answers: { 200: heard },
    problems: [...bodyProblems, ...workerProblems],
  },
  {
    operationId: 'submitChild',
    method: 'POST',
    path: '/v1/worker/jobs/{id}/children',
    summary: 'Submit a sub-job; under the same key every attempt finds the same one',
    servedBy: 'submit',
    worker: true,
    query: noQuery,
    body: childSubmission,
    waits: true,
    repeatable: true,
    answers: childAnswers,
    problems: [
      ...bodyProblems,
      ...workerProblems,
      'service-not-found',
      'ambiguous-version',
      'invalid-parameters',
      'unknown-job',
      'parent-ended',
      'job-deleted',
      'idempotency-key-reused',
    ],
  },
] as const satisfies readonly Route[];
