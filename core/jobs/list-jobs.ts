import type { JobStatus } from '../contract/job-state.ts';
import { parseJobId } from '../contract/names.ts';
import { ProblemError } from '../contract/problem-error.ts';
import { readCursor, writeCursor } from '../paging/cursor.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { Job } from './job.ts';

export interface ListJobsInput {
  readonly tenant: string;
  readonly statuses?: readonly JobStatus[];
  readonly services?: readonly string[];
  readonly cursor?: string;
  /** 1..1000. */
  readonly limit: number;
}

export interface ListJobsOutput {
  readonly jobs: readonly Job[];
  readonly nextCursor?: string;
  readonly scanned?: number;
}

/** A page of the tenant's jobs, newest first. Throws `bad-cursor`. */
export async function listJobs(
  deps: { readonly jobs: Pick<JobStore, 'list'> },
  { cursor, ...query }: ListJobsInput,
): Promise<ListJobsOutput> {
  const identity = { list: 'jobs', tenant: query.tenant, statuses: query.statuses, services: query.services };
  const beforeId = cursor === undefined ? undefined : parseJobId(readCursor(identity, cursor));
  if (cursor !== undefined && beforeId === undefined)
    throw new ProblemError('bad-cursor', 'The cursor is damaged');
  const page = await deps.jobs.list({ ...query, ...(beforeId === undefined ? {} : { beforeId }) });
  return {
    jobs: page.jobs,
    ...(page.nextBeforeId === undefined ? {} : { nextCursor: writeCursor(identity, page.nextBeforeId) }),
    ...(page.scanned === undefined ? {} : { scanned: page.scanned }),
  };
}
