import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { submission } from '../../core/contract/job-schemas.ts';
import { isTerminal } from '../../core/contract/job-state.ts';
import { parseWire } from '../../core/contract/parse-wire.ts';
import { readWait } from '../../core/contract/prefer.ts';
import { type SubmitJobDeps, submitJob } from '../../core/jobs/submit-job.ts';
import { parseTraceparent } from '../../core/jobs/traceparent.ts';
import { waitForJob } from '../../core/jobs/wait-for-job.ts';
import { baseUrl, callerWith, header, readJsonBody, refuseQuery } from '../_shared/api-request.ts';
import { answerJob } from '../_shared/job-answer.ts';

/** API Gateway closes a stream after 300 s without a byte; this leaves room for the rest of the call. */
const longestWaitSeconds = 280;

/** Submits a job and holds the call as long as its caller wishes: 200 when the job has ended, else 202. */
export async function answerSubmission(
  deps: SubmitJobDeps,
  event: APIGatewayProxyEvent,
  lookAfter: number,
): Promise<APIGatewayProxyResult> {
  const { tenant, principal } = callerWith(event, 'jobs:write');
  refuseQuery(event);
  const wait = readWait(
    { prefer: header(event, 'prefer'), timeout: header(event, 'timeout') },
    longestWaitSeconds,
  );
  const { job, service } = await submitJob(deps, {
    tenant,
    owner: principal,
    submission: parseWire(submission, readJsonBody(event)),
    traceparent: parseTraceparent(header(event, 'traceparent')),
    lookAfter,
  });
  const waitMilliseconds = (wait?.seconds ?? 0) * 1000;
  const seen = (await waitForJob(deps, { tenant, jobId: job.id }, { waitMilliseconds, known: job })) ?? job;
  const url = baseUrl(event);
  return answerJob(deps, seen, {
    statusCode: isTerminal(seen.status) ? 200 : 202,
    baseUrl: url,
    now: deps.clock.now(),
    wait,
    headers: { Location: `${url}/v1/jobs/${job.id}`, Deprecation: deprecationOf(service.deprecation?.at) },
  });
}

/** RFC 9745: the time as seconds since 1970 behind an `@`. */
function deprecationOf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : `@${Math.floor(at / 1000)}`;
}
