import { isTerminal } from '../../contract/job-state.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { touchJob } from '../model/transition-job.ts';
import { type CheckInput, nothingToReconcile, type Reconciliation } from './reconciliation.ts';

/** Whether it is its work on other jobs that a due job is to be looked at for. */
export function hasWorkLeft({ status, cascade }: Job): boolean {
  return cascade !== undefined && (isTerminal(status) || cascade.kind === 'delete');
}

/** Goes on with the work on other jobs; the next look is put off first, so that one follows when this one dies. */
export function reconcileCascade(job: Job, check: CheckInput): Decision<Reconciliation> {
  if (job.cascade === undefined) return nothingToReconcile;
  const next = touchJob(job, check.now, { nextCheckAt: check.now + check.reconcileAfterMs });
  return { next, answer: { cause: job.cascade.kind, cascade: next } };
}
