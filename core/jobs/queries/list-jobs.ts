import { ProblemError } from '../../contract/problems/problem-error.ts';
import { readCursor, writeCursor } from '../../paging/cursor.ts';
import type { JobFilter, JobStore } from '../../ports/job-store.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Job } from '../model/job.ts';
import { jobsThatFit } from './jobs-that-fit.ts';

export interface ListJobsInput extends JobFilter {
  readonly tenant: string;
  /** `desc` is the default: the newest first. */
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

/** What every place in a list of jobs ends with: in one by names, the name stands before it. */
const position = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * A page of the tenant's jobs, the newest first unless asked otherwise; shorter where so many would not fit in an answer.
 * Throws `bad-cursor`.
 */
export async function listJobs(
  deps: { readonly jobs: Pick<JobStore, 'list'> },
  { cursor, limit, ...query }: ListJobsInput,
): Promise<ListJobsOutput> {
  const identity = { list: 'jobs', ...query, order: query.order ?? 'desc' };
  const after = cursor === undefined ? undefined : readCursor(identity, cursor);
  if (after !== undefined && !position.test(after))
    throw new ProblemError('bad-cursor', 'The cursor is damaged');
  const read = (most: number) => deps.jobs.list({ ...query, limit: most, ...omitUndefined({ after }) });
  let page = await read(limit);
  const fitting = jobsThatFit(page.jobs);
  // Only the store knows the place behind a job, and so many large ones are rare.
  if (fitting < page.jobs.length) page = await read(fitting);
  return {
    jobs: page.jobs,
    ...(page.next === undefined ? {} : { nextCursor: writeCursor(identity, page.next) }),
    ...omitUndefined({ scanned: page.scanned }),
  };
}
