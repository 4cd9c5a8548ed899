import type { JsonValue } from '../contract/json.ts';
import type { OperationId } from '../contract/routes.ts';
import { digest } from '../digest.ts';
import { canonicalJson } from '../services/schema/canonical-json.ts';

/**
 * Digest of what a request asks for: equal for equal operations on bodies that are equal as JSON. What a path names
 * belongs into `body` too.
 */
export function requestFingerprint(operationId: OperationId, body: JsonValue): string {
  return digest(`${operationId}\n${canonicalJson(body)}`);
}
