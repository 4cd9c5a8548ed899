import { readIdempotencyKey } from '../../../core/contract/http/idempotency-key.ts';
import { readWait } from '../../../core/contract/http/prefer.ts';
import type { JsonValue } from '../../../core/contract/json.ts';
import type { OperationServedBy } from '../../../core/contract/routes/routes.ts';
import { requestFingerprint } from '../../../core/jobs/submission/request-fingerprint.ts';
import type { SubmitJobInput } from '../../../core/jobs/submission/submit-job.ts';
import { parseTraceparent } from '../../../core/jobs/submission/traceparent.ts';
import { type HttpRequest, header } from './api-request.ts';

/** API Gateway closes a stream after 300 s without a byte; this leaves room for the rest of the call. */
const longestWaitSeconds = 280;

/** What the headers of a request for a new job ask for; throws `invalid-request`. */
export function readNewJobHeaders(event: HttpRequest) {
  const headers = { prefer: header(event, 'prefer'), timeout: header(event, 'timeout') };
  return {
    wait: readWait(headers, longestWaitSeconds),
    traceparent: parseTraceparent(header(event, 'traceparent')),
    key: readIdempotencyKey(header(event, 'idempotency-key')),
  };
}

/** What makes a repetition known; `asked` is parsed JSON, with what the path names. */
export function idempotencyOf(
  key: string | undefined,
  operationId: OperationServedBy<'submit'>,
  asked: unknown,
): SubmitJobInput['idempotency'] {
  if (key === undefined) return undefined;
  return { key, fingerprint: requestFingerprint(operationId, asked as JsonValue) }; // it was parsed from JSON
}
