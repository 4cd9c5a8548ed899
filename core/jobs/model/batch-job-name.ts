import type { Job } from './job.ts';

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
export function parseBatchJobName(name: string): BatchJobName | undefined {
  const [, jobId, attempt] = namePattern.exec(name) ?? [];
  return jobId === undefined ? undefined : { jobId, attempt: Number(attempt) };
}
