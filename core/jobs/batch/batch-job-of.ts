import { tokenFingerprint } from '../../access/model/worker-token.ts';
import type { BatchJob } from '../../ports/batch-dispatcher.ts';
import type { Claim, Job } from '../model/job.ts';

/**
 * Identifies a claim in the tag `claim` of its submission: 16 characters of the digest of its worker token. It
 * distinguishes two submissions of one attempt and does not reveal the token.
 */
export function claimFingerprint({ tokenDigest }: Pick<Claim, 'tokenDigest'>): string {
  return tokenFingerprint(tokenDigest);
}

/**
 * Returns whether the Batch job carries out the current attempt of the job. If the response to the submission
 * was lost, the id is not known yet: then the first Batch job found counts, unless it was submitted under an
 * earlier claim, because its worker has an old token.
 */
export function isBatchJobOf(job: Job, batchJob: BatchJob): boolean {
  if (job.dispatcherId !== undefined) return job.dispatcherId === batchJob.dispatcherId;
  return (
    job.claim !== undefined &&
    (batchJob.claim === undefined || batchJob.claim === claimFingerprint(job.claim))
  );
}
