import type { APIGatewayProxyResult } from 'aws-lambda';
import { isStartable, isTerminal } from '../../../core/contract/job-state.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import type { SubmittedJob } from '../../../core/jobs/submission/submit-job.ts';
import type { ObjectStore } from '../../../core/ports/object-store.ts';
import { answerJob, type JobAnswer } from './job-answer.ts';

/** A new job as an answer: 200 when it has ended, else 202, and 201 for a draft. */
export function answerSubmitted(
  deps: { readonly objects: ObjectStore },
  { job, service, replayed }: SubmittedJob,
  answer: Pick<JobAnswer, 'baseUrl' | 'isReader' | 'now' | 'wait' | 'typicalSeconds'>,
): Promise<APIGatewayProxyResult> {
  return answerJob(deps, job, {
    ...answer,
    statusCode: statusCodeOf(job),
    headers: {
      Location: `${answer.baseUrl}/v1/jobs/${job.id}`,
      Deprecation: deprecationOf(service?.deprecation?.at),
      'Idempotency-Replayed': replayed ? 'true' : undefined,
    },
  });
}

function statusCodeOf({ status }: Job): number {
  if (isTerminal(status)) return 200;
  return isStartable(status) ? 201 : 202;
}

/** RFC 9745: the time as seconds since 1970 behind an `@`. */
function deprecationOf(at: number | undefined): string | undefined {
  return at === undefined ? undefined : `@${Math.floor(at / 1000)}`;
}
