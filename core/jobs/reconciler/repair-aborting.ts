import { stopReasons } from '../batch/stop-reasons.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { endAborted } from '../model/settle-job.ts';
import { stopMilliseconds } from '../relations/abort-job.ts';
import { type Look, putOff, type Repair } from './repair.ts';
import { stopping } from './repair-on-batch.ts';

/** Has the attempt stopped once more; a job whose attempt did not say in time that it was stopped ends without its word. */
export function repairAborting(job: Job, look: Look): Decision<Repair> {
  const endsAt = (job.abort?.requestedAt ?? 0) + stopMilliseconds;
  const decision: Decision<Repair> =
    look.now < endsAt
      ? putOff(job, endsAt, look)
      : { next: endAborted(job, look.now), answer: { cause: 'aborting' } };
  return stopping(decision, job, stopReasons.aborted);
}
