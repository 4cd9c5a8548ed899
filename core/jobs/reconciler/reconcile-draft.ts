import type { Decision } from '../model/decision.ts';
import { endWithFailure } from '../model/end-job.ts';
import type { Job } from '../model/job.ts';
import type { CheckInput, Reconciliation } from './reconciliation.ts';

/** Ends a job that was neither started nor edited during the lifetime of a draft. */
export function reconcileDraft(job: Job, check: CheckInput): Decision<Reconciliation> {
  const failure = {
    code: 'draft-expired',
    detail: 'The job was neither started nor edited for 30 days',
    retryable: false,
    attempt: job.attempt,
  } as const;
  return { next: endWithFailure(job, failure, check.now), result: { cause: 'draft-expired' } };
}
