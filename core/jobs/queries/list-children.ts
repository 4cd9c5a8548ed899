import { parseJobId } from '../../contract/names.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import { decodeCursor, encodeCursor } from '../../paging/cursor.ts';
import type { JobLinks } from '../../ports/job-links.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import type { Job } from '../model/job.ts';
import { type GetJobDeps, getJob } from './get-job.ts';
import { jobsThatFit } from './page-size.ts';

export interface ListChildrenDeps extends GetJobDeps {
  readonly jobs: Pick<JobStore, 'get' | 'getMany' | 'tombstone'>;
  readonly links: Pick<JobLinks, 'list'>;
}

export interface ListChildrenInput {
  readonly key: JobKey;
  readonly cursor?: string | undefined;
  /** 1..1000. */
  readonly limit: number;
}

/**
 * A page of a job's sub-jobs, oldest first; it is short if a sub-job was deleted, or if more would not fit in
 * a response. Throws `not-found` and `bad-cursor`.
 */
export async function listChildren(
  deps: ListChildrenDeps,
  { key, cursor, limit }: ListChildrenInput,
): Promise<{ readonly jobs: readonly Job[]; readonly nextCursor?: string }> {
  const { tenant, jobId } = key;
  const identity = { list: 'children', tenant, anchorId: jobId };
  const afterId = cursor === undefined ? undefined : parseJobId(decodeCursor(identity, cursor));
  if (cursor !== undefined && afterId === undefined)
    throw new ProblemError('bad-cursor', 'The cursor is damaged');
  const parent = await getJob(deps, key);
  if (parent.hasChildren !== true) return { jobs: [] };
  const page = await deps.links.list({ tenant, kind: 'child', anchorId: jobId, afterId, limit });
  const found = await deps.jobs.getMany(
    tenant,
    page.links.map(({ jobId }) => jobId),
  );
  const jobs = found.slice(0, jobsThatFit(found));
  const nextAfterId = jobs.length < found.length ? jobs.at(-1)?.id : page.nextAfterId;
  return nextAfterId === undefined ? { jobs } : { jobs, nextCursor: encodeCursor(identity, nextAfterId) };
}
