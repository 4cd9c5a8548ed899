import type { JobStatus } from '../../core/contract/job-state.ts';
import type { JobReceipt, JobRepresentation, JobSummary } from '../../core/contract/schemas/job-schemas.ts';

/** A job as the API returned it last: whole, as an item of a list, or, to a key without `jobs:read`, as a receipt. */
export type JobDocument = JobRepresentation | JobSummary | JobReceipt;

const endedStatuses: readonly string[] = ['succeeded', 'failed', 'error', 'aborted'] satisfies JobStatus[];

export function hasEnded({ status }: Pick<JobDocument, 'status'>): boolean {
  return endedStatuses.includes(status);
}
