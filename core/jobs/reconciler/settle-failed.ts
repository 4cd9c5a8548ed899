import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Decision } from '../model/decision.ts';
import type { Failure, Job } from '../model/job.ts';
import { settleJob, startOfRetry } from '../model/settle-job.ts';
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
  return { next, result: { cause: code, ...omitUndefined({ start: startOfRetry(result) }) } };
}

/** Ends an attempt that sent no report for as long as its heartbeat limit. */
export function endAtHeartbeatDeadline(job: Job, check: CheckInput): Decision<Reconciliation> {
  const detail = `The attempt reported nothing for ${job.limits.heartbeatSeconds} s`;
  return settleFailed(job, { code: 'lost', detail }, check);
}
