import { parseWire } from '../../core/contract/http/parse-wire.ts';
import { serviceListQuery, versionListQuery } from '../../core/contract/schemas/list-schemas.ts';
import {
  deprecation,
  type ServiceReceipt,
  type ServiceRepresentation,
  serviceDefinition,
} from '../../core/contract/schemas/service-schemas.ts';
import { deleteService } from '../../core/services/delete-service.ts';
import { deprecateService } from '../../core/services/deprecate-service.ts';
import { getService } from '../../core/services/get-service.ts';
import { getServiceVersion } from '../../core/services/get-service-version.ts';
import { listServices } from '../../core/services/list-services.ts';
import type { Service } from '../../core/services/model/service.ts';
import { registerService } from '../../core/services/register-service.ts';
import { registrationWarnings } from '../../core/services/registration-warnings.ts';
import {
  receiptOfService,
  representService,
  summarizeService,
} from '../../core/services/represent-service.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { type Caller, hasScope, readJsonBody, readQuery, rejectQuery } from '../_shared/http/api-request.ts';
import { etagOf } from '../_shared/http/etag.ts';
import { nextLink, readLimit } from '../_shared/http/paging.ts';
import { preconditionCheckOf } from '../_shared/http/preconditions.ts';
import { emptyResponse, jsonResponse } from '../_shared/http/responses.ts';
import type { Operation } from './operation.ts';

export const listServicesOperation: Operation = async ({ deps, event, caller, baseUrl }) => {
  const { name, tag, cursor, limit } = readQuery(event, serviceListQuery);
  const page = await listServices(deps, {
    tenant: caller.tenant,
    ...omitUndefined({ name, tag, cursor }),
    limit: readLimit(limit),
  });
  const body = {
    items: page.services.map((service) => summarizeService(service, { baseUrl })),
    ...omitUndefined({ nextCursor: page.nextCursor }),
  };
  return jsonResponse(200, body, { Link: nextLink(event, baseUrl, page.nextCursor) });
};

export const getServiceOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  const { cursor, limit } = readQuery(event, versionListQuery);
  const { versions, ...rest } = await getService(deps, {
    tenant: caller.tenant,
    name: params['name'] ?? '',
    cursor,
    limit: readLimit(limit),
  });
  const body = { ...rest, versions: versions.map((version) => representService(version, { baseUrl })) };
  return jsonResponse(200, body, { Link: nextLink(event, baseUrl, rest.nextCursor) });
};

export const getServiceVersionOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  rejectQuery(event);
  const service = await getServiceVersion(deps, serviceKeyOf(caller.tenant, params));
  return jsonResponse(200, representService(service, { baseUrl }), { ETag: etagOf(service) });
};

export const registerServiceOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  rejectQuery(event);
  const definition = parseWire(serviceDefinition, readJsonBody(event));
  const { service, outcome } = await registerService(deps, {
    ...serviceKeyOf(caller.tenant, params),
    definition,
    meetsPrecondition: preconditionCheckOf(event),
  });
  const warnings = await registrationWarnings(deps, service.definition);
  const body = { ...visibleService(caller, service, baseUrl), ...omitUndefined({ warnings }) };
  const headers = { ETag: etagOf(service) };
  return outcome === 'created'
    ? jsonResponse(201, body, { Location: body.links.self, ...headers })
    : jsonResponse(200, body, headers);
};

export const deprecateServiceOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  rejectQuery(event);
  const { reason } = parseWire(deprecation, readJsonBody(event));
  const service = await deprecateService(deps, {
    ...serviceKeyOf(caller.tenant, params),
    reason,
    meetsPrecondition: preconditionCheckOf(event),
  });
  return jsonResponse(200, visibleService(caller, service, baseUrl), { ETag: etagOf(service) });
};

export const deleteServiceOperation: Operation = async ({ deps, event, params, caller }) => {
  rejectQuery(event);
  await deleteService(deps, {
    ...serviceKeyOf(caller.tenant, params),
    meetsPrecondition: preconditionCheckOf(event),
  });
  return emptyResponse(204);
};

/** A version that the caller changed: complete if the caller may read services, otherwise a receipt. */
function visibleService(
  caller: Caller,
  service: Service,
  baseUrl: string,
): ServiceRepresentation | ServiceReceipt {
  const represent = hasScope(caller, 'services:read') ? representService : receiptOfService;
  return represent(service, { baseUrl });
}

function serviceKeyOf(tenant: string, params: Readonly<Record<string, string>>) {
  return { tenant, name: params['name'] ?? '', version: params['version'] ?? '' };
}
