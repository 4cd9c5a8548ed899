import { parseIdempotencyKey } from '../../../core/contract/http/idempotency-key.ts';
import { parseWait } from '../../../core/contract/http/prefer.ts';
import type { JsonValue } from '../../../core/contract/json.ts';
import type { OperationServedBy } from '../../../core/contract/routes/routes.ts';
import { requestFingerprint } from '../../../core/jobs/submission/request-fingerprint.ts';
import type { SubmitJobInput } from '../../../core/jobs/submission/submit-job.ts';
import { parseTraceparent } from '../../../core/jobs/submission/traceparent.ts';
import { type HttpRequest, header } from './api-request.ts';

/** API Gateway closes a stream after 300 s without a byte; this leaves time for the rest of the request. */
const maxWaitSeconds = 280;

/** Parses the headers of a request for a new job; throws `invalid-request`. */
export function readNewJobHeaders(event: HttpRequest) {
  const headers = { prefer: header(event, 'prefer'), timeout: header(event, 'timeout') };
  return {
    wait: parseWait(headers, maxWaitSeconds),
    traceparent: parseTraceparent(header(event, 'traceparent')),
    key: parseIdempotencyKey(header(event, 'idempotency-key')),
  };
}

/**
 * The idempotency key with a fingerprint of the request, by which a repetition is recognized.
 * @param request parsed JSON that contains everything the request depends on, including variables of the path
 */
export function idempotencyOf(
  key: string | undefined,
  operationId: OperationServedBy<'submit'>,
  request: unknown,
): SubmitJobInput['idempotency'] {
  if (key === undefined) return undefined;
  return { key, fingerprint: requestFingerprint(operationId, request as JsonValue) }; // it was parsed from JSON
}
