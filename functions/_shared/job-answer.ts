import type { APIGatewayProxyResult } from 'aws-lambda';
import { isTerminal } from '../../core/contract/job-state.ts';
import type { WaitPreference } from '../../core/contract/prefer.ts';
import type { Job } from '../../core/jobs/job.ts';
import { representJob, retryAfterSeconds } from '../../core/jobs/represent-job.ts';
import type { ObjectStore } from '../../core/ports/object-store.ts';
import { answerJson } from './answer.ts';

export interface JobAnswer {
  readonly statusCode: number;
  readonly baseUrl: string;
  readonly now: number;
  readonly wait?: WaitPreference | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** A job as an answer, with the headers that polling and conditional requests live on. */
export async function answerJob(
  deps: { readonly objects: ObjectStore },
  job: Job,
  answer: JobAnswer,
): Promise<APIGatewayProxyResult> {
  const body = await representJob(deps, job, answer.baseUrl);
  return answerJson(answer.statusCode, body, { ...jobHeaders(job, answer), ...answer.headers });
}

export function jobHeaders(
  job: Job,
  { now, wait }: Pick<JobAnswer, 'now' | 'wait'>,
): Record<string, string | undefined> {
  return {
    ETag: etagOf(job),
    'Retry-After': isTerminal(job.status) ? undefined : String(retryAfterSeconds(job, now)),
    'Preference-Applied': preferenceApplied(wait),
  };
}

/** Strong, from the number of writes. */
export function etagOf(job: Job): string {
  return `"${job.version}"`;
}

export function preferenceApplied(wait: WaitPreference | undefined): string | undefined {
  return wait === undefined ? undefined : `wait=${wait.seconds}`;
}
