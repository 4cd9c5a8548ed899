import type { BatchJob } from '../../ports/batch-dispatcher.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { type BatchWord, submissionMilliseconds, submittedBy } from '../batch/ask-batch.ts';
import { stopReasons } from '../batch/stop-reasons.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { touchJob } from '../model/move-job.ts';
import { endOverdue, type Look, putOff, type Repair } from './repair.ts';
import {
  batchLimits,
  endUnknown,
  leaveToBatch,
  logHeard,
  repairByWord,
  stopping,
} from './repair-on-batch.ts';
import { settleBadly } from './settle-badly.ts';

/**
 * An attempt that waits on Batch beyond its queue limit has no capacity; one that Batch does not have is submitted again, and
 * one that it had and has forgotten is lost. One that runs unheard begins to run here as well.
 */
export function repairScheduled(found: Job, look: Look, word: BatchWord): Decision<Repair> {
  const job = logHeard(found, word);
  const { deadline, queueEnds = deadline } = batchLimits(job, look);
  if (word.kind === 'early') return putOff(job, Math.min(submittedBy(job), deadline), look);
  const byWord = repairByWord(job, look, word);
  if (byWord !== undefined) return byWord;
  if (look.now >= deadline) return stopping(endOverdue(job, 'timeout', look), job, stopReasons.timeout);
  const hasBegun = word.kind === 'told' && word.told.status === 'RUNNING';
  if (!hasBegun && look.now >= queueEnds) return endWithoutCapacity(job, look);
  return word.kind === 'unknown' ? repairUnknown(job, look, word.stray) : leaveToBatch(job, look, word);
}

function endWithoutCapacity(job: Job, look: Look): Decision<Repair> {
  const why = job.waitingReason === undefined ? '' : `: ${job.waitingReason.detail}`;
  const detail = `Batch did not begin the attempt within its queue limit${why}`;
  return stopping(settleBadly(job, { code: 'capacity', detail }, look), job, stopReasons.queueTimeout);
}

function repairUnknown(job: Job, look: Look, stray: BatchJob | undefined): Decision<Repair> {
  if (job.dispatcherId !== undefined) return endUnknown(job, look);
  // Whoever claimed it may not submit it any more, and no worker of that claim may report: the next execution claims anew.
  const { claim: _, ...unclaimed } = job;
  const dueAt = Math.min(look.now + submissionMilliseconds, batchLimits(job, look).first);
  const again = touchJob(unclaimed, look.now, { starts: job.starts + 1, dueAt });
  const start = { job: again, delaySeconds: 0 };
  return {
    next: again,
    answer: { cause: 'not-submitted', start, ...omitUndefined({ stray }) },
  };
}
