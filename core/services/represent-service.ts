import { serviceUrn } from '../contract/names.ts';
import type { ServiceRepresentation, ServiceSummary } from '../contract/service-schemas.ts';
import type { Service } from './service.ts';

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
    links: { self: `${serviceUrl}/versions/${version}`, service: serviceUrl },
  };
}

/** A version as it stands in a list: without its schemas. */
export function summarizeService(service: Service, context: RepresentationContext): ServiceSummary {
  const { parameters: _parameters, result: _result, ...summary } = representService(service, context);
  return summary;
}

function toTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
