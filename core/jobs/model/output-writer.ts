import type { Job } from './job.ts';

/** The job, with the attempt, that wrote the outputs which a job shows. */
export type OutputWriter = Pick<Job, 'tenant' | 'id' | 'attempt' | 'hasOutputs'>;

/** The writer of the outputs that a job shows: the job itself, or the one whose result it reuses. */
export function writerOf(job: Job): OutputWriter {
  const { tenant, reusedFrom, reusedAttempt } = job;
  if (reusedFrom === undefined || reusedAttempt === undefined) return job;
  return { tenant, id: reusedFrom, attempt: reusedAttempt, hasOutputs: true };
}
