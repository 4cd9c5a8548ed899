import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type * as z from 'zod/mini';
import { readIdempotencyKey } from '../../core/contract/idempotency-key.ts';
import { isStartable, isTerminal } from '../../core/contract/job-state.ts';
import type { JsonValue } from '../../core/contract/json.ts';
import { noQuery } from '../../core/contract/list-schemas.ts';
import { readWait, type WaitPreference } from '../../core/contract/prefer.ts';
import type { OperationServedBy } from '../../core/contract/routes.ts';
import { type HoldDeps, holdForJob } from '../../core/jobs/hold/hold-for-job.ts';
import type { KnownDurations } from '../../core/jobs/hold/known-durations.ts';
import type { Job } from '../../core/jobs/job.ts';
import { requestFingerprint } from '../../core/jobs/request-fingerprint.ts';
import type { SubmitJobDeps, SubmitJobInput, SubmittedJob } from '../../core/jobs/submit-job.ts';
import { parseTraceparent } from '../../core/jobs/traceparent.ts';
import { baseUrl, callerWith, header, readQuery } from '../_shared/api-request.ts';
import { answerJob } from '../_shared/job-answer.ts';

/** API Gateway closes a stream after 300 s without a byte; this leaves room for the rest of the call. */
const longestWaitSeconds = 280;

export type NewJobDeps = SubmitJobDeps & HoldDeps & { readonly durations: KnownDurations };

/** A request for a new job, without what the job is to be. */
export interface NewJobCall {
  readonly deps: NewJobDeps;
  readonly event: APIGatewayProxyEvent;
  /** The variable segments of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Milliseconds after which a job that nothing claimed is looked at. */
  readonly lookAfter: number;
}

/** Serves one operation that makes a job. */
export type NewJobOperation = (call: NewJobCall) => Promise<APIGatewayProxyResult>;

/** Who asks and how long for; throws what is wrong with the request before its body is looked at. */
export function readNewJobCall({ event, lookAfter }: NewJobCall, query: z.ZodMiniType = noQuery) {
  const { tenant, principal } = callerWith(event, 'jobs:write');
  readQuery(event, query);
  const { traceparent, ...rest } = readNewJobHeaders(event);
  return { ...rest, input: { tenant, owner: principal, traceparent, lookAfter } };
}

/** What the headers of a request for a new job ask for; throws `invalid-request`. */
export function readNewJobHeaders(event: APIGatewayProxyEvent) {
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

/**
 * Holds the call as long as its caller wishes: 200 when the job has ended, else 202, and 201 for a draft. A repetition under the same
 * idempotency key waits for the same job, as long as it wishes itself.
 */
export async function answerNewJob(
  { deps, event }: NewJobCall,
  { job, service, replayed }: SubmittedJob,
  wait: WaitPreference | undefined,
): Promise<APIGatewayProxyResult> {
  const key = { tenant: job.tenant, jobId: job.id };
  // Nobody waits for this look; by the end of a hold, and for the next call, it is there.
  glanceAt(deps, job);
  const waitMilliseconds = (wait?.seconds ?? 0) * 1000;
  // A draft goes on when its caller starts it, so there is nothing to wait for.
  const { job: seen = job, held } = isStartable(job.status)
    ? { held: false }
    : await holdForJob(deps, key, { waitMilliseconds, known: job });
  const url = baseUrl(event);
  return answerJob(deps, seen, {
    statusCode: statusCodeOf(seen),
    baseUrl: url,
    now: deps.clock.now(),
    wait: held ? wait : undefined,
    typicalSeconds: glanceAt(deps, seen),
    headers: {
      Location: `${url}/v1/jobs/${job.id}`,
      Deprecation: deprecationOf(service?.deprecation?.at),
      'Idempotency-Replayed': replayed ? 'true' : undefined,
    },
  });
}

function statusCodeOf({ status }: Job): number {
  if (isTerminal(status)) return 200;
  return isStartable(status) ? 201 : 202;
}

function glanceAt({ durations }: NewJobDeps, { tenant, service }: Job): number | undefined {
  return service && durations.glance(tenant, service.name);
}

/** RFC 9745: the time as seconds since 1970 behind an `@`. */
function deprecationOf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : `@${Math.floor(at / 1000)}`;
}
