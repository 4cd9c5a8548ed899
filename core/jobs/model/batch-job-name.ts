import { tokenMark } from '../../access/model/worker-token.ts';
import type { Claim, Job } from './job.ts';

/** Which attempt of which job a job of AWS Batch was submitted for; the tenant is not in its name. */
export interface BatchJobName {
  readonly jobId: string;
  readonly attempt: number;
}

const form = /^errand-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([1-9]\d?)$/;

/** The name that every submission of a job's current attempt has on Batch, so that a lost one can be found. */
export function batchJobName({ id, attempt }: Pick<Job, 'id' | 'attempt'>): string {
  return `errand-${id}-${attempt}`;
}

/** Undefined for a name that no attempt of ours has. */
export function readBatchJobName(name: string): BatchJobName | undefined {
  const [, jobId, attempt] = form.exec(name) ?? [];
  return jobId === undefined ? undefined : { jobId, attempt: Number(attempt) };
}

/**
 * What the submission of a claim is tagged with: 16 characters of the digest of its worker's token. Two submissions of one
 * attempt differ by it, and it tells nothing of the token.
 */
export function claimMark({ tokenDigest }: Pick<Claim, 'tokenDigest'>): string {
  return tokenMark(tokenDigest);
}

/** True when the current attempt, or the last one, was given to Batch: only what Batch runs is ever `scheduled`. */
export function isOnBatch(job: Job): boolean {
  return job.transitions.some(({ status, attempt }) => status === 'scheduled' && attempt === job.attempt);
}
