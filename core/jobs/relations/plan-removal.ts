import type { Job } from '../job.ts';
import { type Blocked, isDeletable, linkedJobs, type RemovalDeps } from './removal.ts';

export interface RemovalPlan {
  /** What would be deleted, a parent before its sub-jobs, at most 1,000. */
  readonly jobIds: readonly string[];
  /** False when there are more. */
  readonly complete: boolean;
}

const maxPlanned = 1000;

/** How many jobs that stand in the way are told. */
export const maxTold = 100;

/** What the deletion of a job would delete, or what stands in its way; changes nothing. */
export async function planRemoval(
  deps: Pick<RemovalDeps, 'jobs' | 'links' | 'clock'>,
  root: Job,
  withChildren: boolean,
): Promise<RemovalPlan | Blocked> {
  const tree = [root];
  const running: string[] = [];
  for (const job of tree) {
    if (!isDeletable(job)) running.push(job.id);
    const obstacle =
      (await waitingFor(deps, job)) ?? (withChildren ? undefined : await childrenOf(deps, job));
    if (obstacle !== undefined && running.length === 0) return obstacle;
    if (running.length >= maxTold) break;
    // What is not told is not read: a job may have more sub-jobs than one call has time for.
    if (withChildren && tree.length <= maxPlanned) await addChildren(deps, job, tree);
  }
  if (running.length > 0) return { blocked: 'running', jobIds: running };
  return { jobIds: tree.slice(0, maxPlanned).map(({ id }) => id), complete: tree.length <= maxPlanned };
}

async function addChildren(
  deps: Pick<RemovalDeps, 'jobs' | 'links' | 'clock'>,
  job: Job,
  tree: Job[],
): Promise<void> {
  for await (const { jobs } of linkedJobs(deps, job, 'child')) {
    tree.push(...jobs);
    if (tree.length > maxPlanned) return;
  }
}

/** Jobs that wait for this one; only the first ones are told. */
export async function waitingFor(
  deps: Pick<RemovalDeps, 'jobs' | 'links' | 'clock'>,
  job: Job,
): Promise<Blocked | undefined> {
  for await (const { jobs, coming } of linkedJobs(deps, job, 'dependent')) {
    const waiting = jobs.filter(({ status }) => status === 'waiting').map(({ id }) => id);
    const jobIds = [...waiting, ...coming].slice(0, maxTold);
    if (jobIds.length > 0) return { blocked: 'dependents', jobIds };
  }
  return undefined;
}

async function childrenOf(
  deps: Pick<RemovalDeps, 'jobs' | 'links' | 'clock'>,
  job: Job,
): Promise<Blocked | undefined> {
  for await (const { jobs, coming } of linkedJobs(deps, job, 'child')) {
    const jobIds = [...jobs.map(({ id }) => id), ...coming].slice(0, maxTold);
    if (jobIds.length > 0) return { blocked: 'children', jobIds };
  }
  return undefined;
}
