import { claimAttempt } from '../../../core/jobs/model/claim-attempt.ts';
import type { Job, StoredJson } from '../../../core/jobs/model/job.ts';
import { settleJob } from '../../../core/jobs/model/settle-job.ts';
import { digest } from '../../../core/std/digest.ts';
import { aJob, reconcileAfterMs, someTime } from './jobs.ts';

/** JSON text of exactly 300 bytes: the payload of the cost model. */
const referencePayload: StoredJson = { kind: 'inline', json: `{"text":"${'a'.repeat(289)}"}` };

/** The life of the job of the cost model, by the rules of the core: every state in which it is stored. */
export function referenceLife(given: Partial<Job> = {}): Record<'created' | 'claimed' | 'succeeded', Job> {
  const created = aJob({ parameters: referencePayload, ...given });
  const { executionDigest, tokenDigest } = {
    executionDigest: digest('execution'),
    tokenDigest: digest('token'),
  };
  const claim = { attempt: 1, executionDigest, tokenDigest, to: 'executing', now: someTime + 132 } as const;
  const claimed = claimAttempt(created, claim).next;
  const outcome = { kind: 'succeeded', result: referencePayload } as const;
  const settlement = { attempt: 1, outcome, now: someTime + 947, jitter: 0, reconcileAfterMs };
  const succeeded = settleJob(claimed, settlement).next;
  if (claimed === undefined || succeeded === undefined) throw new Error('The reference job was refused');
  return { created, claimed, succeeded };
}
