import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { readIdempotencyKey } from '../../core/contract/idempotency-key.ts';
import { isTerminal } from '../../core/contract/job-state.ts';
import type { JsonValue } from '../../core/contract/json.ts';
import { readWait, type WaitPreference } from '../../core/contract/prefer.ts';
import type { OperationServedBy } from '../../core/contract/routes.ts';
import { requestFingerprint } from '../../core/jobs/request-fingerprint.ts';
import type { SubmitJobDeps, SubmitJobInput, SubmittedJob } from '../../core/jobs/submit-job.ts';
import { parseTraceparent } from '../../core/jobs/traceparent.ts';
import { waitForJob } from '../../core/jobs/wait-for-job.ts';
import { baseUrl, callerWith, header, refuseQuery } from '../_shared/api-request.ts';
import { answerJob } from '../_shared/job-answer.ts';

/** API Gateway closes a stream after 300 s without a byte; this leaves room for the rest of the call. */
const longestWaitSeconds = 280;

/** A request for a new job, without what the job is to be. */
export interface NewJobCall {
  readonly deps: SubmitJobDeps;
  readonly event: APIGatewayProxyEvent;
  /** The variable segments of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Milliseconds after which a job that nothing claimed is looked at. */
  readonly lookAfter: number;
}

/** Serves one operation that makes a job. */
export type NewJobOperation = (call: NewJobCall) => Promise<APIGatewayProxyResult>;

/** Who asks and how long for; throws what is wrong with the request before its body is looked at. */
export function readNewJobCall({ event, lookAfter }: NewJobCall) {
  const { tenant, principal } = callerWith(event, 'jobs:write');
  refuseQuery(event);
  const headers = { prefer: header(event, 'prefer'), timeout: header(event, 'timeout') };
  const traceparent = parseTraceparent(header(event, 'traceparent'));
  return {
    wait: readWait(headers, longestWaitSeconds),
    input: { tenant, owner: principal, traceparent, lookAfter },
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

/**
 * Holds the call as long as its caller wishes: 200 when the job has ended, else 202. A repetition under the same
 * idempotency key waits for the same job, as long as it wishes itself.
 */
export async function answerNewJob(
  { deps, event }: NewJobCall,
  { job, service, replayed }: SubmittedJob,
  wait: WaitPreference | undefined,
): Promise<APIGatewayProxyResult> {
  const key = { tenant: job.tenant, jobId: job.id };
  const waitMilliseconds = (wait?.seconds ?? 0) * 1000;
  const seen = (await waitForJob(deps, key, { waitMilliseconds, known: job })) ?? job;
  const url = baseUrl(event);
  return answerJob(deps, seen, {
    statusCode: isTerminal(seen.status) ? 200 : 202,
    baseUrl: url,
    now: deps.clock.now(),
    wait,
    headers: {
      Location: `${url}/v1/jobs/${job.id}`,
      Deprecation: deprecationOf(service?.deprecation?.at),
      'Idempotency-Replayed': replayed ? 'true' : undefined,
    },
  });
}

/** RFC 9745: the time as seconds since 1970 behind an `@`. */
function deprecationOf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : `@${Math.floor(at / 1000)}`;
}
