import * as z from 'zod/mini';
import { noQuery, pageOf, serviceListQuery } from '../list-schemas.ts';
import { bodyProblems, keyProblems, type Route } from '../route.ts';
import { deprecation, serviceDefinition, serviceRepresentation, serviceSummary } from '../service-schemas.ts';

export const serviceRoutes = [
  {
    operationId: 'listServices',
    method: 'GET',
    path: '/v1/services',
    summary: 'List registered service versions, by name and version',
    servedBy: 'api',
    scope: 'services:read',
    query: serviceListQuery,
    answers: {
      200: { description: 'A page of versions', schema: pageOf(serviceSummary), headers: ['Link'] },
    },
    problems: ['invalid-request', 'bad-cursor', ...keyProblems],
  },
  {
    operationId: 'getService',
    method: 'GET',
    path: '/v1/services/{name}',
    summary: 'Get a service with all its versions, newest first',
    servedBy: 'api',
    scope: 'services:read',
    query: noQuery,
    answers: {
      200: {
        description: 'The service',
        schema: z.strictObject({ name: z.string(), versions: z.array(serviceRepresentation) }),
      },
    },
    problems: ['invalid-request', 'service-not-found', ...keyProblems],
  },
  {
    operationId: 'getServiceVersion',
    method: 'GET',
    path: '/v1/services/{name}/versions/{version}',
    summary: 'Get one version',
    servedBy: 'api',
    scope: 'services:read',
    query: noQuery,
    answers: { 200: { description: 'The version', schema: serviceRepresentation } },
    problems: ['invalid-request', 'service-not-found', ...keyProblems],
  },
  {
    operationId: 'registerService',
    method: 'PUT',
    path: '/v1/services/{name}/versions/{version}',
    summary: 'Register a version, or change one that no job has used',
    servedBy: 'api',
    scope: 'services:write',
    query: noQuery,
    body: serviceDefinition,
    answers: {
      200: { description: 'Unchanged, or changed because no job has used it', schema: serviceRepresentation },
      201: { description: 'Registered', schema: serviceRepresentation, headers: ['Location'] },
    },
    problems: [...bodyProblems, 'version-immutable', 'schema-invalid', ...keyProblems],
  },
  {
    operationId: 'deprecateService',
    method: 'POST',
    path: '/v1/services/{name}/versions/{version}/deprecate',
    summary: 'Mark a version as no longer recommended',
    servedBy: 'api',
    scope: 'services:write',
    query: noQuery,
    body: deprecation,
    answers: { 200: { description: 'The deprecated version', schema: serviceRepresentation } },
    problems: [...bodyProblems, 'service-not-found', ...keyProblems],
  },
  {
    operationId: 'deleteService',
    method: 'DELETE',
    path: '/v1/services/{name}/versions/{version}',
    summary: 'Delete a version that no job has used',
    servedBy: 'api',
    scope: 'services:write',
    query: noQuery,
    answers: { 204: { description: 'Deleted' } },
    problems: ['invalid-request', 'service-not-found', 'service-in-use', ...keyProblems],
  },
] as const satisfies readonly Route[];
