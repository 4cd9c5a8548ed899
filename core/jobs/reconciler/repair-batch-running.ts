import { type BatchWord, submittedBy } from '../batch/ask-batch.ts';
import { stopReasons } from '../batch/stop-reasons.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
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
 * An attempt that Batch still runs beyond its limit has reached it, since Batch keeps time limits as well as it can and no
 * better; one that is silent for too long, or that Batch does not know any more, is lost. Batch is told to stop them.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
 */
export function repairBatchRunning(found: Job, look: Look, word: BatchWord): Decision<Repair> {
  const job = logHeard(found, word);
  const { deadline, silentAt = deadline, overdueAt = deadline } = batchLimits(job, look);
  if (word.kind === 'early') return putOff(job, submittedBy(job), look);
  const byWord = repairByWord(job, look, word);
  if (byWord !== undefined) return byWord;
  if (look.now >= deadline) return stopping(endOverdue(job, 'timeout', look), job, stopReasons.timeout);
  if (word.kind === 'unknown') return endUnknown(job, look);
  if (look.now >= silentAt) return endSilent(job, look);
  if (look.now >= overdueAt) return endAtLimit(job, look);
  return leaveToBatch(job, look, word);
}

function endSilent(job: Job, look: Look): Decision<Repair> {
  const detail = `The attempt reported nothing for ${job.limits.heartbeatSeconds} s`;
  return stopping(settleBadly(job, { code: 'lost', detail }, look), job, stopReasons.lost);
}

function endAtLimit(job: Job, look: Look): Decision<Repair> {
  const detail = `The attempt ran longer than its limit of ${job.limits.attemptTimeoutSeconds} s`;
  return stopping(settleBadly(job, { code: 'timeout', detail }, look), job, stopReasons.timeout);
}
