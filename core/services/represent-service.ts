import { serviceUrn } from '../contract/names.ts';
import type {
  ServiceReceipt,
  ServiceRepresentation,
  ServiceSummary,
} from '../contract/schemas/service-schemas.ts';
import type { Service } from './model/service.ts';

export interface RepresentationContext {
  /** Where the API is reached, without a slash at the end. */
  readonly baseUrl: string;
}

/** A version as the API answers it; times are RFC 3339 with milliseconds. */
export function representService(
  service: Service,
  { baseUrl }: RepresentationContext,
): ServiceRepresentation {
  const { name, version, deprecation } = service;
  const serviceUrl = `${baseUrl}/v1/services/${name}`;
  return {
    ...service.definition,
    name,
    version,
    urn: serviceUrn(name, version),
    status: deprecation === undefined ? 'active' : 'deprecated',
    ...(deprecation && { deprecation: { at: toTime(deprecation.at), reason: deprecation.reason } }),
    used: service.used,
    createdAt: toTime(service.createdAt),
    updatedAt: toTime(service.updatedAt),
    links: { self: linkTo(service, { baseUrl }), service: serviceUrl },
  };
}

/** A version as it stands in a list: without its schemas. */
export function summarizeService(service: Service, context: RepresentationContext): ServiceSummary {
  const { parameters: _parameters, result: _result, ...summary } = representService(service, context);
  return summary;
}

/** A version as it is shown to who may not read it. */
export function receiptOfService(service: Service, context: RepresentationContext): ServiceReceipt {
  const { urn, status, createdAt, updatedAt } = representService(service, context);
  return { urn, status, createdAt, updatedAt, links: { self: linkTo(service, context) } };
}

function linkTo({ name, version }: Service, { baseUrl }: RepresentationContext): string {
  return `${baseUrl}/v1/services/${name}/versions/${version}`;
}

function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
