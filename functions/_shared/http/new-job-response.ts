import type { APIGatewayProxyResult } from 'aws-lambda';
import { isTerminal, isUnstarted } from '../../../core/contract/job-state.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import type { SubmittedJob } from '../../../core/jobs/submission/submit-job.ts';
import type { ObjectStore } from '../../../core/ports/object-store.ts';
import { type JobResponseOptions, jobResponse } from './job-response.ts';

/** The response with a new job: 200 when it has ended, 201 when it was not started, otherwise 202. */
export function newJobResponse(
  deps: { readonly objects: ObjectStore },
  { job, service, replayed }: SubmittedJob,
  options: Pick<JobResponseOptions, 'baseUrl' | 'isReader' | 'now' | 'wait' | 'typicalSeconds'>,
): Promise<APIGatewayProxyResult> {
  return jobResponse(deps, job, {
    ...options,
    statusCode: statusCodeOf(job),
    headers: {
      Location: `${options.baseUrl}/v1/jobs/${job.id}`,
      Deprecation: deprecationOf(service?.deprecation?.at),
      'Idempotency-Replayed': replayed ? 'true' : undefined,
    },
  });
}

function statusCodeOf({ status }: Job): number {
  if (isTerminal(status)) return 200;
  return isUnstarted(status) ? 201 : 202;
}

/** The value of the `Deprecation` header (RFC 9745): `@` and the Unix time in seconds. */
function deprecationOf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : `@${Math.floor(at / 1000)}`;
}
