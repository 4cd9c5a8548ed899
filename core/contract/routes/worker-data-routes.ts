import { partListQuery, uploadPart } from '../schemas/data-schemas.ts';
import { noQuery, pageOf } from '../schemas/list-schemas.ts';
import {
  completedOutput,
  outputCompletion,
  outputRequest,
  outputUpload,
  workerInputs,
} from '../schemas/worker-schemas.ts';
import { bodyProblems, type Route, workerProblems } from './route.ts';

const outputPath = '/v1/worker/jobs/{id}/outputs/{slot}';

/** How a worker reads the inputs of its job and writes outputs. */
export const workerDataRoutes = [
  {
    operationId: 'getWorkerInputs',
    method: 'GET',
    path: '/v1/worker/jobs/{id}/inputs',
    summary: 'Get the inputs of the job, with URLs that are valid for 15 minutes',
    servedBy: 'api',
    requiresWorkerToken: true,
    query: noQuery,
    responses: { 200: { description: 'The inputs by slot', schema: workerInputs } },
    problems: ['invalid-request', ...workerProblems],
  },
  {
    operationId: 'createOutput',
    method: 'POST',
    path: outputPath,
    summary: 'Create a data object in an output slot; of several objects, the newest one counts',
    servedBy: 'api',
    requiresWorkerToken: true,
    query: noQuery,
    body: outputRequest,
    responses: {
      200: {
        description: 'The ID of the data object, and how to upload its content',
        schema: outputUpload,
      },
    },
    problems: [...bodyProblems, 'slot-not-found', 'invalid-inputs', ...workerProblems],
  },
  {
    operationId: 'listOutputParts',
    method: 'GET',
    path: `${outputPath}/{dataId}/parts`,
    summary: 'List the parts of the upload of an output, with URLs that are valid for 15 minutes',
    servedBy: 'api',
    requiresWorkerToken: true,
    query: partListQuery,
    responses: { 200: { description: 'A page of parts', schema: pageOf(uploadPart), headers: ['Link'] } },
    problems: [
      'invalid-request',
      'bad-cursor',
      'not-found',
      'data-deleted',
      'data-not-available',
      ...workerProblems,
    ],
  },
  {
    operationId: 'completeOutput',
    method: 'POST',
    path: `${outputPath}/{dataId}/complete`,
    summary: 'Complete the upload of an output; a repeated request gets the same response',
    servedBy: 'api',
    requiresWorkerToken: true,
    query: noQuery,
    body: outputCompletion,
    bodyOptional: true,
    responses: {
      200: { description: 'The content is available', schema: completedOutput },
      202: {
        description: 'The parts are still being joined: repeat the request',
        schema: completedOutput,
        headers: ['Retry-After'],
      },
    },
    problems: [
      ...bodyProblems,
      'not-found',
      'data-deleted',
      'upload-incomplete',
      'checksum-mismatch',
      ...workerProblems,
    ],
  },
] as const satisfies readonly Route[];
