import type { ServiceDefinition } from '../../contract/schemas/service-schemas.ts';
import { digest } from '../../std/digest.ts';

/**
 * Returns the digest of a stored definition. Definitions are stored as JSON, which keeps the order of members, so
 * the digest is the same after each read.
 */
export function definitionDigest(definition: ServiceDefinition): string {
  return digest(JSON.stringify(definition));
}
