import type { JsonValue } from '../../contract/json.ts';
import type { OperationId } from '../../contract/routes/routes.ts';
import { canonicalJson } from '../../json-schema/schema/canonical-json.ts';
import { digest } from '../../std/digest.ts';

/**
 * Digest of what a request asks for: equal for equal operations on bodies that are equal as JSON. What a path names
 * belongs into `body` too.
 */
export function requestFingerprint(operationId: OperationId, body: JsonValue): string {
  return digest(`${operationId}\n${canonicalJson(body)}`);
}
