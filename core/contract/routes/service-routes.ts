import { noQuery, pageOf, serviceListQuery, versionListQuery } from '../schemas/list-schemas.ts';
import {
  deprecation,
  registeredServiceOrReceipt,
  serviceDefinition,
  serviceOrReceipt,
  serviceRepresentation,
  serviceSummary,
  serviceWithVersions,
} from '../schemas/service-schemas.ts';
import { bodyProblems, keyProblems, type Route } from './route.ts';

export const serviceRoutes = [
  {
    operationId: 'listServices',
    method: 'GET',
    path: '/v1/services',
    summary: 'List registered service versions, ordered by name and version',
    servedBy: 'api',
    scope: 'services:read',
    query: serviceListQuery,
    responses: {
      200: { description: 'A page of versions', schema: pageOf(serviceSummary), headers: ['Link'] },
    },
    problems: ['invalid-request', 'bad-cursor', ...keyProblems],
  },
  {
    operationId: 'getService',
    method: 'GET',
    path: '/v1/services/{name}',
    summary: 'Get a service with its versions, newest first',
    servedBy: 'api',
    scope: 'services:read',
    query: versionListQuery,
    responses: {
      200: {
        description: 'The service with a page of its versions; a page before the last one may be short',
        schema: serviceWithVersions,
        headers: ['Link'],
      },
    },
    problems: ['invalid-request', 'bad-cursor', 'service-not-found', ...keyProblems],
  },
  {
    operationId: 'getServiceVersion',
    method: 'GET',
    path: '/v1/services/{name}/versions/{version}',
    summary: 'Get one version of a service',
    servedBy: 'api',
    scope: 'services:read',
    query: noQuery,
    responses: { 200: { description: 'The version', schema: serviceRepresentation } },
    problems: ['invalid-request', 'service-not-found', ...keyProblems],
  },
  {
    operationId: 'registerService',
    method: 'PUT',
    path: '/v1/services/{name}/versions/{version}',
    summary: 'Register a version of a service, or change a development version or one that no job has used',
    servedBy: 'api',
    scope: 'services:write',
    query: noQuery,
    body: serviceDefinition,
    conditional: true,
    responses: {
      200: {
        description:
          'The version already existed: it is unchanged, or it was changed because it is a development version or no job has used it',
        schema: registeredServiceOrReceipt,
        headers: ['ETag'],
      },
      201: {
        description: 'The version was registered',
        schema: registeredServiceOrReceipt,
        headers: ['Location', 'ETag'],
      },
    },
    problems: [...bodyProblems, 'version-immutable', 'schema-invalid', ...keyProblems],
  },
  {
    operationId: 'deprecateService',
    method: 'POST',
    path: '/v1/services/{name}/versions/{version}/deprecate',
    summary: 'Mark a version of a service as deprecated',
    servedBy: 'api',
    scope: 'services:write',
    query: noQuery,
    body: deprecation,
    conditional: true,
    responses: {
      200: { description: 'The deprecated version', schema: serviceOrReceipt, headers: ['ETag'] },
    },
    problems: [...bodyProblems, 'service-not-found', ...keyProblems],
  },
  {
    operationId: 'deleteService',
    method: 'DELETE',
    path: '/v1/services/{name}/versions/{version}',
    summary: 'Delete a version of a service that no job has used',
    servedBy: 'api',
    scope: 'services:write',
    query: noQuery,
    conditional: true,
    responses: { 204: { description: 'The version was deleted' } },
    problems: ['invalid-request', 'service-not-found', 'service-in-use', ...keyProblems],
  },
] as const satisfies readonly Route[];
