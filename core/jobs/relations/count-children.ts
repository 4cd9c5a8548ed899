import type { JobStatus } from '../../contract/job-state.ts';
import type { JobLinks } from '../../ports/job-links.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Job } from '../model/job.ts';
import { linkPages } from './link-pages.ts';

/** The current number of sub-jobs of a job, in total and by status. */
export interface ChildCounts {
  readonly total: number;
  readonly byStatus: Readonly<Partial<Record<JobStatus, number>>>;
}

const maxCounted = 1000;

/** Counts the first 1,000 sub-jobs of a job; undefined, without a read, if it never had one. */
export async function countChildren(
  deps: { readonly jobs: Pick<JobStore, 'getMany'>; readonly links: Pick<JobLinks, 'list'> },
  { tenant, id, hasChildren }: Job,
): Promise<ChildCounts | undefined> {
  if (hasChildren !== true) return undefined;
  const children: Job[] = [];
  for await (const links of linkPages(deps.links, { tenant, kind: 'child', anchorId: id })) {
    const ids = links.map(({ jobId }) => jobId);
    children.push(...(await deps.jobs.getMany(tenant, ids)));
    if (children.length >= maxCounted) break;
  }
  const counted = children.slice(0, maxCounted);
  const byStatus: Partial<Record<JobStatus, number>> = {};
  for (const { status } of counted) byStatus[status] = (byStatus[status] ?? 0) + 1;
  return { total: counted.length, byStatus };
}
