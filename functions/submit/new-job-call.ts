import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type * as z from 'zod/mini';
import type { WaitPreference } from '../../core/contract/http/prefer.ts';
import { isStartable } from '../../core/contract/job-state.ts';
import { noQuery } from '../../core/contract/schemas/list-schemas.ts';
import type { Job } from '../../core/jobs/model/job.ts';
import type { SubmitJobDeps, SubmittedJob } from '../../core/jobs/submission/submit-job.ts';
import type { KnownDurations } from '../../core/jobs/waiting/known-durations.ts';
import { type WaitForJobDeps, waitForJob } from '../../core/jobs/waiting/wait-for-job.ts';
import { baseUrl, callerWith, mayDo, readQuery } from '../_shared/http/api-request.ts';
import { answerSubmitted } from '../_shared/http/new-job-answer.ts';
import { readNewJobHeaders } from '../_shared/http/new-job-headers.ts';

export type NewJobDeps = SubmitJobDeps & WaitForJobDeps & { readonly durations: KnownDurations };

/** A request for a new job, without what the job is to be. */
export interface NewJobCall {
  readonly deps: NewJobDeps;
  readonly event: APIGatewayProxyEvent;
  /** The variable segments of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Milliseconds after which a job that nothing claimed is looked at. */
  readonly reconcileAfterMs: number;
}

/** Serves one operation that makes a job. */
export type NewJobOperation = (call: NewJobCall) => Promise<APIGatewayProxyResult>;

/** Who asks and how long for; throws what is wrong with the request before its body is looked at. */
export function readNewJobCall({ event, reconcileAfterMs }: NewJobCall, query: z.ZodMiniObject = noQuery) {
  const caller = callerWith(event, 'jobs:write');
  const { tenant, principal } = caller;
  readQuery(event, query);
  const { traceparent, ...rest } = readNewJobHeaders(event);
  const isReader = mayDo(caller, 'jobs:read');
  return { ...rest, isReader, input: { tenant, owner: principal, traceparent, reconcileAfterMs } };
}

export interface NewJobAnswer {
  readonly wait: WaitPreference | undefined;
  /** Whether the caller may read jobs: others get a receipt. */
  readonly isReader: boolean;
}

/**
 * Holds the call as long as its caller wishes: 200 when the job has ended, else 202, and 201 for a draft. A repetition under the same
 * idempotency key waits for the same job, as long as it wishes itself.
 */
export async function answerNewJob(
  { deps, event }: NewJobCall,
  submitted: SubmittedJob,
  { wait, isReader }: NewJobAnswer,
): Promise<APIGatewayProxyResult> {
  const { job } = submitted;
  const key = { tenant: job.tenant, jobId: job.id };
  // Nobody waits for this look; by the end of a hold, and for the next call, it is there.
  peekAt(deps, job);
  const waitMs = (wait?.seconds ?? 0) * 1000;
  // A draft goes on when its caller starts it, so there is nothing to wait for.
  const { job: seen = job, waitedFully: held } = isStartable(job.status)
    ? { waitedFully: false }
    : await waitForJob(deps, key, { waitMs, known: job });
  return answerSubmitted(
    deps,
    { ...submitted, job: seen },
    {
      baseUrl: baseUrl(event),
      isReader,
      now: deps.clock.now(),
      wait: held ? wait : undefined,
      typicalSeconds: peekAt(deps, seen),
    },
  );
}

function peekAt({ durations }: NewJobDeps, { tenant, service }: Job): number | undefined {
  return service && durations.peek(tenant, service.name);
}
