import { serviceUrn } from '../contract/names.ts';
import type {
  ServiceReceipt,
  ServiceRepresentation,
  ServiceSummary,
} from '../contract/schemas/service-schemas.ts';
import type { Service } from './model/service.ts';

export interface RepresentationContext {
  /** The URL of the API, without a trailing slash. */
  readonly baseUrl: string;
}

/** Converts a version to its API representation; times are RFC 3339 with milliseconds. */
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
    links: { self: versionUrl(service, { baseUrl }), service: serviceUrl },
  };
}

/** Converts a version to its representation in lists, which has no schemas. */
export function summarizeService(service: Service, context: RepresentationContext): ServiceSummary {
  const { parameters: _parameters, result: _result, ...summary } = representService(service, context);
  return summary;
}

/** Converts a version to the representation for callers who may not read it. */
export function receiptOfService(service: Service, context: RepresentationContext): ServiceReceipt {
  const { urn, status, createdAt, updatedAt } = representService(service, context);
  return { urn, status, createdAt, updatedAt, links: { self: versionUrl(service, context) } };
}

function versionUrl({ name, version }: Service, { baseUrl }: RepresentationContext): string {
  return `${baseUrl}/v1/services/${name}/versions/${version}`;
}

function toTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
