import { stopReasons } from '../batch/stop-reasons.ts';
import type { Decision } from '../model/decision.ts';
import { endAborted } from '../model/end-job.ts';
import type { Job } from '../model/job.ts';
import { stopTimeoutMs } from '../relations/abort-job.ts';
import { withStop } from './reconcile-on-batch.ts';
import { type CheckInput, postponeCheck, type Reconciliation } from './reconciliation.ts';

/**
 * Stops the attempt again. A job whose dispatcher has not confirmed the stop in time ends without a
 * confirmation.
 */
export function reconcileAborting(job: Job, check: CheckInput): Decision<Reconciliation> {
  const endsAt = (job.abort?.requestedAt ?? 0) + stopTimeoutMs;
  const decision: Decision<Reconciliation> =
    check.now < endsAt
      ? postponeCheck(job, endsAt, check)
      : { next: endAborted(job, check.now), result: { cause: 'aborting' } };
  return withStop(decision, job, stopReasons.aborted);
}
