import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { Table } from '../../aws/dynamodb/table/table.ts';
import type { WaitPreference } from '../../core/contract/http/prefer.ts';
import { isUnstarted } from '../../core/contract/job-state.ts';
import type { Job } from '../../core/jobs/model/job.ts';
import type { SubmitJobDeps, SubmittedJob } from '../../core/jobs/submission/submit-job.ts';
import type { DurationCache } from '../../core/jobs/waiting/duration-cache.ts';
import { type WaitForJobDeps, waitForJob } from '../../core/jobs/waiting/wait-for-job.ts';
import { baseUrl, hasScope, readQuery, requireCaller, requireScope } from '../_shared/http/api-request.ts';
import { readNewJobHeaders } from '../_shared/http/new-job-headers.ts';
import { newJobResponse } from '../_shared/http/new-job-response.ts';
import type { OperationRequest } from '../_shared/http/operation-request.ts';

export type NewJobDeps = SubmitJobDeps &
  WaitForJobDeps & {
    readonly durations: DurationCache;
    /** For the ports of operations, which few requests need. */
    readonly operationResources: {
      readonly table: Table;
      readonly env: { readonly OPERATION_QUEUE_URL: string };
    };
  };

/** A request that creates or starts jobs. */
export type NewJobRequest = OperationRequest<NewJobDeps, APIGatewayProxyEvent>;

/** Serves one operation that creates or starts jobs. */
export type NewJobOperation = (request: NewJobRequest) => Promise<APIGatewayProxyResult>;

/**
 * Parses the caller, query and headers of a request; throws their problems before the body is read. `input`
 * is the part of the use case's input that they contain.
 */
export function readNewJobRequest<Query extends z.ZodMiniObject>({ event }: NewJobRequest, schema: Query) {
  const caller = requireCaller(event, 'jobs:write');
  const { tenant, principal } = caller;
  const query = readQuery(event, schema);
  const { traceparent, key, wait } = readNewJobHeaders(event);
  const isReader = hasScope(caller, 'jobs:read');
  return {
    query,
    key,
    input: { tenant, owner: principal, traceparent },
    responseOptions: { wait, isReader },
    /** Throws `forbidden` unless the caller may read jobs: whether a result is reused shows what others submitted. */
    requireScopeToReuse: () => requireScope(caller, 'jobs:read'),
  };
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
  { deps, event }: NewJobRequest,
  submitted: SubmittedJob,
  { wait, isReader }: NewJobResponseOptions,
): Promise<APIGatewayProxyResult> {
  const { job } = submitted;
  const key = { tenant: job.tenant, jobId: job.id };
  // The first call only starts to read the typical duration: it is available after the wait, and for later
  // requests.
  peekTypicalSeconds(deps, job);
  const waitMs = (wait?.seconds ?? 0) * 1000;
  // A job that is not started does not change by itself, so there is nothing to wait for.
  const { job: latest = job, waitedFully } = isUnstarted(job.status)
    ? { waitedFully: false }
    : await waitForJob(deps, key, { waitMs, current: job });
  return newJobResponse(
    deps,
    { ...submitted, job: latest },
    {
      baseUrl: baseUrl(event),
      isReader,
      now: deps.clock.now(),
      wait: waitedFully ? wait : undefined,
      typicalSeconds: peekTypicalSeconds(deps, latest),
    },
  );
}

function peekTypicalSeconds({ durations }: NewJobDeps, { tenant, service }: Job): number | undefined {
  return service && durations.cachedOrPrefetch(tenant, service.name);
}
