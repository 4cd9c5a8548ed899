import { ProblemError } from '../../contract/problems/problem-error.ts';
import { decodeCursor, encodeCursor } from '../../paging/cursor.ts';
import type { JobFilter, JobStore } from '../../ports/job-store.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Job } from '../model/job.ts';
import { jobsThatFit } from './page-size.ts';

export interface ListJobsInput extends JobFilter {
  readonly tenant: string;
  /** Default: `desc`, the newest first. */
  readonly order?: 'asc' | 'desc';
  readonly cursor?: string;
  /** 1..1000. */
  readonly limit: number;
}

export interface ListJobsOutput {
  readonly jobs: readonly Job[];
  readonly nextCursor?: string;
  readonly scanned?: number;
}

/** The end of every position in a list of jobs; in a list by names, the name precedes it. */
const positionPattern = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * A page of the tenant's jobs, the newest first by default; it is short if more would not fit in a response.
 * Throws `bad-cursor`.
 */
export async function listJobs(
  deps: { readonly jobs: Pick<JobStore, 'list'> },
  { cursor, limit, ...query }: ListJobsInput,
): Promise<ListJobsOutput> {
  const identity = { list: 'jobs', ...query, order: query.order ?? 'desc' };
  const after = cursor === undefined ? undefined : decodeCursor(identity, cursor);
  if (after !== undefined && !positionPattern.test(after))
    throw new ProblemError('bad-cursor', 'The cursor is damaged');
  const read = (pageLimit: number) =>
    deps.jobs.list({ ...query, limit: pageLimit, ...omitUndefined({ after }) });
  let page = await read(limit);
  const fitting = jobsThatFit(page.jobs);
  // Only the store knows the position after a job, and pages with so many large jobs are rare.
  if (fitting < page.jobs.length) page = await read(fitting);
  return {
    jobs: page.jobs,
    ...(page.next === undefined ? {} : { nextCursor: encodeCursor(identity, page.next) }),
    ...omitUndefined({ scanned: page.scanned }),
  };
}
