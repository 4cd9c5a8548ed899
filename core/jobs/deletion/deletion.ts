import { stateTable } from '../../contract/job-state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DataStore } from '../../ports/data-store.ts';
import type { JobLinks, LinkKind } from '../../ports/job-links.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Job } from '../model/job.ts';
import { creatingIdsOf } from '../relations/creating-ids.ts';
import { linkPages } from '../relations/link-pages.ts';

export interface DeletionDeps {
  readonly jobs: Pick<JobStore, 'get' | 'getMany' | 'replace' | 'replaceWithTombstone' | 'tombstone'>;
  readonly links: Pick<JobLinks, 'list' | 'remove'>;
  readonly objects: Pick<ObjectStore, 'get' | 'removeAll'>;
  readonly data: Pick<DataStore, 'list'>;
  readonly clock: Clock;
}

/** Why a job cannot be deleted: it has not ended, it has sub-jobs, other jobs wait for it, or it has outputs. */
export interface Blocked {
  readonly blocked: 'running' | 'children' | 'dependents' | 'outputs';
  /** The jobs in the way; for `outputs`, the jobs that wrote them. */
  readonly jobIds: readonly string[];
  /** Only for `outputs`: the data objects. */
  readonly dataIds?: readonly string[];
}

/** The jobs of a page of links. */
export interface Linked {
  readonly jobs: readonly Job[];
  /** IDs of missing jobs that may still be created. */
  readonly creatingIds: readonly string[];
}

/** A running job, or one whose sub-jobs are still being aborted, has to end first. */
export function isDeletable({ status, cascade }: Job): boolean {
  return stateTable[status].deletable && cascade?.kind !== 'abort-children';
}

/** The linked jobs, page by page; reads nothing if the record states that there are none. */
export async function* linkedJobs(
  deps: Pick<DeletionDeps, 'links' | 'clock'> & { readonly jobs: Pick<JobStore, 'getMany' | 'tombstone'> },
  { tenant, id, hasChildren, hasDependents }: Job,
  kind: LinkKind,
): AsyncGenerator<Linked, void> {
  if ((kind === 'child' ? hasChildren : hasDependents) !== true) return;
  for await (const links of linkPages(deps.links, { tenant, kind, anchorId: id })) {
    const jobs = await deps.jobs.getMany(
      tenant,
      links.map(({ jobId }) => jobId),
    );
    const found = new Set(jobs.map(({ id }) => id));
    const missing = links.filter(({ jobId }) => !found.has(jobId));
    yield { jobs, creatingIds: await creatingIdsOf(deps, missing) };
  }
}
