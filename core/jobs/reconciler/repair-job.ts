import { isTerminal } from '../../contract/job-state.ts';
import { isOnBatch } from '../model/batch-job-name.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import type { Facts } from './facts.ts';
import { type Look, nothingToRepair, putOff, type Repair } from './repair.ts';
import { repairAborting } from './repair-aborting.ts';
import { repairBatchRunning } from './repair-batch-running.ts';
import { hasWorkLeft, repairCascade } from './repair-cascade.ts';
import { repairDraft } from './repair-draft.ts';
import { repairQueued } from './repair-queued.ts';
import { repairRunning } from './repair-running.ts';
import { repairScheduled } from './repair-scheduled.ts';
import { repairWaiting } from './repair-waiting.ts';

/** Nothing is known of an attempt that was not asked for. */
const notAsked = { kind: 'unreachable' } as const;

/**
 * Decides what a due job needs. Every branch either ends the job, starts its next attempt, or moves `dueAt`
 * forward to a moment at which the next branch will be true: so every job ends.
 */
export function repairJob(job: Job | undefined, look: Look, facts: Facts = {}): Decision<Repair> {
  if (job === undefined || job.dueAt === undefined || job.dueAt > look.now) return nothingToRepair;
  if (hasWorkLeft(job)) return repairCascade(job, look);
  if (isTerminal(job.status)) return nothingToRepair;
  switch (job.status) {
    case 'draft':
    case 'ready':
      return repairDraft(job, look);
    case 'waiting':
      return repairWaiting(job, look, facts.needed);
    case 'pending':
    case 'retrying':
      return repairQueued(job, look);
    case 'scheduled':
      return repairScheduled(job, look, facts.batch ?? notAsked);
    case 'executing':
      return isOnBatch(job)
        ? repairBatchRunning(job, look, facts.batch ?? notAsked)
        : repairRunning(job, look);
    case 'aborting':
      return repairAborting(job, look);
    default:
      return putOff(job, look.now + look.lookAfter, look);
  }
}
