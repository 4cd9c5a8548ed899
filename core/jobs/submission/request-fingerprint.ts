import type { JsonValue } from '../../contract/json.ts';
import type { OperationId } from '../../contract/routes/routes.ts';
import { canonicalJson } from '../../json-schema/schema/canonical-json.ts';
import { digest } from '../../std/digest.ts';

/**
 * Digest of a request: equal for the same operation with bodies that are equal as JSON. Values from the path
 * must be part of `body` too.
 */
export function requestFingerprint(operationId: OperationId, body: JsonValue): string {
  return digest(`${operationId}\n${canonicalJson(body)}`);
}
