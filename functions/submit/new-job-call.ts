import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { WaitPreference } from '../../core/contract/http/prefer.ts';
import { isUnstarted } from '../../core/contract/job-state.ts';
import { noQuery } from '../../core/contract/schemas/list-schemas.ts';
import type { Job } from '../../core/jobs/model/job.ts';
import type { SubmitJobDeps, SubmittedJob } from '../../core/jobs/submission/submit-job.ts';
import type { KnownDurations } from '../../core/jobs/waiting/known-durations.ts';
import { type WaitForJobDeps, waitForJob } from '../../core/jobs/waiting/wait-for-job.ts';
import { baseUrl, callerWith, hasScope, readQuery } from '../_shared/http/api-request.ts';
import { readNewJobHeaders } from '../_shared/http/new-job-headers.ts';
import { newJobResponse } from '../_shared/http/new-job-response.ts';

export type NewJobDeps = SubmitJobDeps & WaitForJobDeps & { readonly durations: KnownDurations };

/** A request for a new job, with the dependencies to serve it. */
export interface NewJobCall {
  readonly deps: NewJobDeps;
  readonly event: APIGatewayProxyEvent;
  /** The variable segments of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** Serves one operation that creates jobs. */
export type NewJobOperation = (call: NewJobCall) => Promise<APIGatewayProxyResult>;

/** Parses the caller, query and headers of a request; throws their problems before the body is read. */
export function readNewJobCall({ event }: NewJobCall, query: z.ZodMiniObject = noQuery) {
  const caller = callerWith(event, 'jobs:write');
  const { tenant, principal } = caller;
  readQuery(event, query);
  const { traceparent, ...rest } = readNewJobHeaders(event);
  const isReader = hasScope(caller, 'jobs:read');
  return { ...rest, isReader, input: { tenant, owner: principal, traceparent } };
}

/** How to respond to a request for a new job. */
export interface NewJobResponseOptions {
  readonly wait: WaitPreference | undefined;
  /** Whether the caller may read jobs; otherwise the response is a receipt. */
  readonly isReader: boolean;
}

/**
 * Waits for the job as long as the caller prefers and returns it: 200 when it has ended, 201 when it was not
 * started, otherwise 202. A repeated request with the same idempotency key waits for the same job, by its own
 * preference.
 */
export async function respondWithNewJob(
  { deps, event }: NewJobCall,
  submitted: SubmittedJob,
  { wait, isReader }: NewJobResponseOptions,
): Promise<APIGatewayProxyResult> {
  const { job } = submitted;
  const key = { tenant: job.tenant, jobId: job.id };
  // Starts reading the typical duration without waiting for it; it is available after the wait and for later
  // calls.
  peekAt(deps, job);
  const waitMs = (wait?.seconds ?? 0) * 1000;
  // A job that is not started does not change by itself, so there is nothing to wait for.
  const { job: latest = job, waitedFully } = isUnstarted(job.status)
    ? { waitedFully: false }
    : await waitForJob(deps, key, { waitMs, known: job });
  return newJobResponse(
    deps,
    { ...submitted, job: latest },
    {
      baseUrl: baseUrl(event),
      isReader,
      now: deps.clock.now(),
      wait: waitedFully ? wait : undefined,
      typicalSeconds: peekAt(deps, latest),
    },
  );
}

function peekAt({ durations }: NewJobDeps, { tenant, service }: Job): number | undefined {
  return service && durations.peek(tenant, service.name);
}
