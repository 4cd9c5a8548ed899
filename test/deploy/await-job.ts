import { setTimeout as delay } from 'node:timers/promises';
import type { JobBody } from '../support/local-service/ended-job.ts';
import type { TestErrand } from '../support/local-service/local-errand.ts';

type Caller = Pick<TestErrand, 'call'>;

/** The job once it has ended. Throws with the job when it has not ended after the given number of seconds, 90 by default. */
export function endOf(errand: Caller, jobId: string, seconds = 90): Promise<JobBody> {
  return jobWhen(errand, jobId, { seconds, isThere: (job) => job.finishedAt !== undefined });
}

/** The job once it is in a state. Throws with the job when it ends before, or has not reached the state after 90 s. */
export function stateOf(errand: Caller, jobId: string, status: string): Promise<JobBody> {
  return jobWhen(errand, jobId, {
    seconds: 90,
    isThere: (job) => {
      if (job.status !== status && job.finishedAt !== undefined) throw new Error(JSON.stringify(job));
      return job.status === status;
    },
  });
}

interface Awaited {
  readonly seconds: number;
  readonly isThere: (job: JobBody) => boolean;
}

async function jobWhen(errand: Caller, jobId: string, { seconds, isThere }: Awaited): Promise<JobBody> {
  const giveUpAt = Date.now() + seconds * 1000;
  for (;;) {
    const { body } = await errand.call(`/v1/jobs/${jobId}`);
    if (isThere(body)) return body;
    if (Date.now() > giveUpAt) throw new Error(`not after ${seconds} s: ${JSON.stringify(body)}`);
    await delay(300);
  }
}
