import type { Decision } from '../model/decision.ts';
import type { Failure, Job } from '../model/job.ts';
import { settleJob } from '../model/settle-job.ts';
import { type CheckInput, nothingToReconcile, type Reconciliation } from './reconciliation.ts';

/**
 * Ends an attempt that the reconciler found to have failed; the job is retried if its policy allows it.
 * `code` is the cause.
 */
export function settleFailed(
  job: Job,
  { code, detail }: { readonly code: Failure['code'] & Reconciliation['cause']; readonly detail: string },
  { now, jitter, reconcileAfterMs }: CheckInput,
): Decision<Reconciliation> {
  const outcome = { kind: 'failed', code, detail } as const;
  const { next, result } = settleJob(job, { attempt: job.attempt, outcome, now, jitter, reconcileAfterMs });
  if (next === undefined) return nothingToReconcile;
  if (result.settled !== 'retrying' || result.startDelaySeconds === undefined)
    return { next, result: { cause: code } };
  return { next, result: { cause: code, start: { job: next, delaySeconds: result.startDelaySeconds } } };
}
