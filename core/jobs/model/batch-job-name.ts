import { tokenMark } from '../../access/model/worker-token.ts';
import type { Claim, Job } from './job.ts';

/** The attempt for which an AWS Batch job was submitted. The name does not contain the tenant. */
export interface BatchJobName {
  readonly jobId: string;
  readonly attempt: number;
}

const namePattern = /^errand-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([1-9]\d?)$/;

/**
 * The Batch job name of the current attempt. Every submission of it uses this name, so that a lost one can be
 * found.
 */
export function batchJobName({ id, attempt }: Pick<Job, 'id' | 'attempt'>): string {
  return `errand-${id}-${attempt}`;
}

/** Parses the name of a Batch job; undefined if Errand did not submit it. */
export function readBatchJobName(name: string): BatchJobName | undefined {
  const [, jobId, attempt] = namePattern.exec(name) ?? [];
  return jobId === undefined ? undefined : { jobId, attempt: Number(attempt) };
}

/**
 * The tag of a claim's submission: 16 characters of the digest of its worker token. It distinguishes two
 * submissions of one attempt and does not reveal the token.
 */
export function claimMark({ tokenDigest }: Pick<Claim, 'tokenDigest'>): string {
  return tokenMark(tokenDigest);
}

/** Returns whether the current or last attempt runs on Batch: only Batch attempts are ever `scheduled`. */
export function isOnBatch(job: Job): boolean {
  return job.transitions.some(({ status, attempt }) => status === 'scheduled' && attempt === job.attempt);
}
