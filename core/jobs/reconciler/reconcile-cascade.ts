import { isTerminal } from '../../contract/job-state.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { withWrite } from '../model/transition-job.ts';
import { type CheckInput, nothingToReconcile, type Reconciliation } from './reconciliation.ts';

/** Returns whether a due job has to be checked because of its work on other jobs. */
export function hasWorkLeft({ status, cascade }: Job): boolean {
  return cascade !== undefined && (isTerminal(status) || cascade.kind === 'delete');
}

/**
 * Continues the work on other jobs. The next check is scheduled first, so that it follows even if this one
 * dies.
 */
export function reconcileCascade(job: Job, check: CheckInput): Decision<Reconciliation> {
  if (job.cascade === undefined) return nothingToReconcile;
  const next = withWrite(job, check.now, { nextCheckAt: check.now + check.reconcileAfterMs });
  return { next, result: { cause: job.cascade.kind, cascade: next } };
}
