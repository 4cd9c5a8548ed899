import * as z from 'zod/mini';
import {
  contentUrl,
  dataDeletionPlan,
  dataEdit,
  dataListQuery,
  dataOrReceipt,
  dataRepresentation,
  dataSummary,
  deleteDataQuery,
  newData,
  partListQuery,
  redirectQuery,
  uploadCompletion,
  uploadPart,
} from '../schemas/data-schemas.ts';
import { noQuery, pageOf } from '../schemas/list-schemas.ts';
import { bodyProblems, keyProblems, type Route } from './route.ts';

/** Data objects: files that jobs read and write. Their content is uploaded and downloaded with presigned URLs. */
export const dataRoutes = [
  {
    operationId: 'createData',
    method: 'POST',
    path: '/v1/data',
    summary: 'Create a data object, and get the URL or the parts for the upload of its content',
    servedBy: 'api',
    scope: 'data:write',
    query: noQuery,
    body: newData,
    supportsIdempotencyKey: true,
    responses: {
      201: {
        description: 'The data object; `upload` describes how to upload its content',
        schema: dataOrReceipt,
        headers: ['Location', 'ETag', 'Idempotency-Replayed'],
      },
    },
    problems: [...bodyProblems, 'data-deleted', 'idempotency-key-reused', ...keyProblems],
  },
  {
    operationId: 'listData',
    method: 'GET',
    path: '/v1/data',
    summary: 'List data objects, newest first by default',
    servedBy: 'api',
    scope: 'data:read',
    query: dataListQuery,
    responses: {
      200: {
        description:
          'A page of data objects; `scanned` is the number of objects that were read for filters without an index',
        schema: z.strictObject({ ...pageOf(dataSummary).shape, scanned: z.optional(z.int()) }),
        headers: ['Link'],
      },
    },
    problems: ['invalid-request', 'bad-cursor', ...keyProblems],
  },
  {
    operationId: 'getData',
    method: 'GET',
    path: '/v1/data/{id}',
    summary: 'Get a data object; while its content is being uploaded, with a new upload URL',
    servedBy: 'api',
    scope: 'data:read',
    query: noQuery,
    responses: {
      200: { description: 'The data object', schema: dataRepresentation, headers: ['ETag'] },
    },
    problems: ['invalid-request', 'not-found', 'data-deleted', ...keyProblems],
  },
  {
    operationId: 'editData',
    method: 'PATCH',
    path: '/v1/data/{id}',
    summary: 'Change the name, the tags or the expiry of a data object',
    servedBy: 'api',
    scope: 'data:write',
    query: noQuery,
    body: dataEdit,
    mergePatch: true,
    conditional: true,
    responses: {
      200: { description: 'The changed data object', schema: dataOrReceipt, headers: ['ETag'] },
    },
    problems: [...bodyProblems, 'not-found', 'data-deleted', ...keyProblems],
  },
  {
    operationId: 'deleteData',
    method: 'DELETE',
    path: '/v1/data/{id}',
    summary: 'Delete a data object that no job uses as input',
    servedBy: 'api',
    scope: 'data:write',
    query: deleteDataQuery,
    conditional: true,
    responses: {
      200: {
        description: 'With `dryRun=true`: what would be deleted, and the jobs that prevent it',
        schema: dataDeletionPlan,
      },
      204: { description: 'The data object was deleted' },
    },
    problems: ['invalid-request', 'not-found', 'data-deleted', 'data-in-use', ...keyProblems],
  },
  {
    operationId: 'listParts',
    method: 'GET',
    path: '/v1/data/{id}/parts',
    summary: 'List the parts of an upload with the URLs to PUT them to, and those that were uploaded already',
    servedBy: 'api',
    scope: 'data:write',
    query: partListQuery,
    responses: {
      200: { description: 'A page of parts', schema: pageOf(uploadPart), headers: ['Link'] },
    },
    problems: ['invalid-request', 'not-found', 'data-deleted', 'data-not-available', ...keyProblems],
  },
  {
    operationId: 'completeUpload',
    method: 'POST',
    path: '/v1/data/{id}/complete',
    summary: 'Complete an upload; a repeated request gets the same response',
    servedBy: 'api',
    scope: 'data:write',
    query: noQuery,
    body: uploadCompletion,
    bodyOptional: true,
    conditional: true,
    responses: {
      200: { description: 'The content is available', schema: dataOrReceipt, headers: ['ETag'] },
      202: {
        description:
          'The parts are still being joined, or content with another checksum is being removed: repeat the request after `Retry-After`',
        schema: dataOrReceipt,
        headers: ['ETag', 'Retry-After'],
      },
    },
    problems: [
      ...bodyProblems,
      'not-found',
      'data-deleted',
      'upload-incomplete',
      'checksum-mismatch',
      ...keyProblems,
    ],
  },
  {
    operationId: 'getContent',
    method: 'GET',
    path: '/v1/data/{id}/content',
    summary: 'Get the URL of the content, which supports `Range`',
    servedBy: 'api',
    scope: 'data:read',
    query: redirectQuery,
    responses: {
      200: { description: 'With `redirect=false`: the URL of the content', schema: contentUrl },
      303: {
        description: 'The content is at the URL in `Location`, for 15 minutes',
        headers: ['Location'],
      },
    },
    problems: ['invalid-request', 'not-found', 'data-deleted', 'data-not-available', ...keyProblems],
  },
] as const satisfies readonly Route[];
