import { isDevelopmentVersion } from '../../contract/names.ts';
import type { ServiceDefinition } from '../../contract/schemas/service-schemas.ts';
import { digest } from '../../std/digest.ts';
import type { Service } from './service.ts';

/**
 * Returns the digest of a stored definition. Definitions are stored as JSON, which keeps the order of members, so
 * the digest is the same after each read.
 */
export function definitionDigest(definition: ServiceDefinition): string {
  return digest(JSON.stringify(definition));
}

/** The `definitionDigest` member of a job that starts with this version; absent unless it is a development version. */
export function digestMember(service: Service | undefined): { readonly definitionDigest?: string } {
  if (service === undefined || !isDevelopmentVersion(service.version)) return {};
  return { definitionDigest: definitionDigest(service.definition) };
}
