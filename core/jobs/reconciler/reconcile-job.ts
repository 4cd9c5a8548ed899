import { isTerminal } from '../../contract/job-state.ts';
import type { Decision } from '../model/decision.ts';
import { isOnBatch } from '../model/is-on-batch.ts';
import type { Job } from '../model/job.ts';
import type { LookedUpState } from './look-up-state.ts';
import { reconcileAborting } from './reconcile-aborting.ts';
import { reconcileBatchRunning } from './reconcile-batch-running.ts';
import { hasWorkLeft, reconcileCascade } from './reconcile-cascade.ts';
import { reconcileDraft } from './reconcile-draft.ts';
import { reconcileRunning } from './reconcile-running.ts';
import { reconcileScheduled } from './reconcile-scheduled.ts';
import { reconcileUnclaimed } from './reconcile-unclaimed.ts';
import { reconcileWaiting } from './reconcile-waiting.ts';
import { type CheckInput, nothingToReconcile, postponeCheck, type Reconciliation } from './reconciliation.ts';

/** Batch was not queried about the attempt. */
const notLookedUp = { kind: 'unreachable' } as const;

/**
 * Decides what a due job needs. Every branch ends the job, starts its next attempt, or moves `nextCheckAt`
 * forward to a time at which another branch applies: so every job ends.
 */
export function reconcileJob(
  job: Job | undefined,
  check: CheckInput,
  state: LookedUpState = {},
): Decision<Reconciliation> {
  if (job === undefined || job.nextCheckAt === undefined || job.nextCheckAt > check.now)
    return nothingToReconcile;
  if (hasWorkLeft(job)) return reconcileCascade(job, check);
  if (isTerminal(job.status)) return nothingToReconcile;
  switch (job.status) {
    case 'draft':
    case 'ready':
      return reconcileDraft(job, check);
    case 'waiting':
      return reconcileWaiting(job, check, state.dependencies);
    case 'pending':
    case 'retrying':
      return reconcileUnclaimed(job, check);
    case 'scheduled':
      return reconcileScheduled(job, check, state.batch ?? notLookedUp);
    case 'executing':
      return isOnBatch(job)
        ? reconcileBatchRunning(job, check, state.batch ?? notLookedUp)
        : reconcileRunning(job, check);
    case 'aborting':
      return reconcileAborting(job, check);
    default:
      return postponeCheck(job, check.now + check.reconcileAfterMs, check);
  }
}
