import { expect } from 'vitest';
import type { JobBody } from '../support/local-service/ended-job.ts';
import type { TestErrand } from '../support/local-service/local-errand.ts';

type Caller = Pick<TestErrand, 'call'>;

/** Submits a job, which must be accepted, and returns it. */
export async function submitJob(errand: Caller, submission: object, headers = {}): Promise<JobBody> {
  const answer = await errand.call('/v1/jobs', { body: submission, headers });
  expect([200, 202], JSON.stringify(answer.body)).toContain(answer.status);
  return answer.body;
}

/** Submits a job and waits for its end for at most 25 s. */
export function submitAndWait(errand: Caller, submission: object): Promise<JobBody> {
  return submitJob(errand, submission, { prefer: 'wait=25' });
}
