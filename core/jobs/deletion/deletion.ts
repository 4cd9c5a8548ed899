import { stateTable } from '../../contract/job-state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ContentStore } from '../../ports/data/content-store.ts';
import type { DataStore } from '../../ports/data/data-store.ts';
import type { JobLinks, LinkKind } from '../../ports/job-links.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Cascade, Job } from '../model/job.ts';
import { creatingIdsOf } from '../relations/creating-ids.ts';
import { linkPages } from '../relations/link-pages.ts';
import { mayBeReused } from '../reuse/reusable-job.ts';

export interface DeletionDeps {
  readonly jobs: Pick<JobStore, 'get' | 'getMany' | 'replace' | 'replaceWithTombstone' | 'tombstone'>;
  readonly links: Pick<JobLinks, 'list' | 'remove'>;
  readonly objects: Pick<ObjectStore, 'get' | 'removeAll'>;
  readonly data: Pick<
    DataStore,
    'get' | 'getMany' | 'list' | 'replace' | 'replaceWithTombstone' | 'tombstone'
  >;
  readonly contents: Pick<ContentStore, 'remove' | 'abortParts'>;
  readonly clock: Clock;
}

/** What a deletion deletes beside the job itself. Data objects that surviving jobs use are never deleted. */
export interface DeletionScope {
  /** Sub-jobs at every depth; otherwise they block the deletion. */
  readonly withChildren: boolean;
  /** The data objects that the deleted jobs wrote; otherwise they block the deletion. */
  readonly withOutputs?: boolean;
  /** The data objects that the deleted jobs use, unless another job uses or wrote them. */
  readonly withInputs?: boolean;
}

/** A scope with the time at which a plan stops reading, in epoch milliseconds. */
export interface PlanScope extends DeletionScope {
  readonly budgetEndsAt: number;
}

/** The ports of a plan. */
export type PlanDeps = Pick<DeletionDeps, 'jobs' | 'links' | 'data' | 'objects' | 'clock'>;

/**
 * Why a job cannot be deleted: it has not ended, it has sub-jobs, other jobs wait for it, other jobs reuse its result, it has outputs,
 * or other jobs use its outputs. At most 1,000 jobs and data objects are listed.
 */
export interface Blocked {
  readonly blocked: 'running' | 'children' | 'dependents' | 'reuses' | 'outputs' | 'users';
  /** The jobs in the way; for `outputs`, the jobs that wrote them. */
  readonly jobIds: readonly string[];
  /** Only for `outputs` and `users`: the data objects. */
  readonly dataIds?: readonly string[];
}

/** The largest number of jobs or data objects that a plan or a refusal lists. */
export const maxListed = 1000;

/** The flags of a scope that are set, as members of the mark of a deletion. */
export function scopeMembers(
  scope: DeletionScope,
): Pick<Cascade, 'withChildren' | 'withOutputs' | 'withInputs'> {
  return {
    ...(scope.withChildren ? { withChildren: true } : {}),
    ...(scope.withOutputs === true ? { withOutputs: true } : {}),
    ...(scope.withInputs === true ? { withInputs: true } : {}),
  };
}

/** The scope of a marked deletion. */
export function scopeOf({ cascade }: Pick<Job, 'cascade'>): DeletionScope {
  const { withChildren = false, withOutputs = false, withInputs = false } = cascade ?? {};
  return { withChildren, withOutputs, withInputs };
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

function mayHaveLinks(job: Job, kind: LinkKind): boolean {
  if (kind === 'reuse') return mayBeReused(job);
  return (kind === 'child' ? job.hasChildren : job.hasDependents) === true;
}

/** The linked jobs, page by page; reads nothing if the record states that there are none. */
export async function* linkedJobs(
  deps: Pick<DeletionDeps, 'links' | 'clock'> & { readonly jobs: Pick<JobStore, 'getMany' | 'tombstone'> },
  job: Job,
  kind: LinkKind,
): AsyncGenerator<Linked, void> {
  if (!mayHaveLinks(job, kind)) return;
  const { tenant, id } = job;
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
