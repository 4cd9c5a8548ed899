import type { JobKey } from '../../ports/job-store.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { Job } from '../model/job.ts';
import { writtenData } from '../outputs/current-outputs.ts';
import { mayBeReused } from '../reuse/reusable-job.ts';
import {
  type Blocked,
  isDeletable,
  linkedJobs,
  maxListed,
  type PlanDeps,
  type PlanScope,
} from './deletion.ts';
import { planData } from './plan-data.ts';
import { reusersOf } from './reusers-of.ts';

export interface DeletionPlan {
  /** The jobs that would be deleted, a parent before its sub-jobs; at most 1,000. */
  readonly jobIds: readonly string[];
  /** The data objects that would be deleted, at most 1,000. */
  readonly dataIds: readonly string[];
  /** False if there is more to delete, or if there was no time to read everything. */
  readonly complete: boolean;
}

/** The relations of one job in the tree. `late`: there was no time to read them all. */
interface Surroundings {
  readonly obstacles: readonly Blocked[];
  readonly children: readonly Job[];
  readonly late: boolean;
}

/** The kinds of obstacles, the one that is reported first. */
const kinds = ['running', 'children', 'dependents', 'reuses', 'outputs'] as const;

const parallel = 10;

/**
 * Plans the deletion of a job: returns what it would delete, or the obstacles; changes nothing. Reads the relations of ten jobs at
 * a time, of at most 1,000, and of none after `budgetEndsAt`: jobs that were not reached are not in the plan, and `complete` is
 * false.
 */
export async function planDeletion(
  deps: PlanDeps,
  root: Job,
  scope: PlanScope,
): Promise<DeletionPlan | Blocked> {
  // Its sub-jobs do not matter before the job itself has ended.
  if (!isDeletable(root)) return { blocked: 'running', jobIds: [root.id] };
  const tree = [root];
  const obstacles: Blocked[] = [];
  let isLate = false;
  for (let visited = 0; visited < tree.length && visited < maxListed && !isLate; ) {
    const group = tree.slice(visited, visited + parallel);
    visited += group.length;
    const room = maxListed + 1 - tree.length;
    const found = await inParallel(group, parallel, (job) => surveyJob(deps, job, { ...scope, room }));
    const running = group.filter((job) => !isDeletable(job)).map(({ id }) => id);
    if (running.length > 0) obstacles.push({ blocked: 'running', jobIds: running });
    obstacles.push(...found.flatMap((surroundings) => surroundings.obstacles));
    tree.push(...found.flatMap(({ children }) => children));
    isLate =
      found.some(({ late }) => late) || (visited < tree.length && deps.clock.now() >= scope.budgetEndsAt);
  }
  const isWhole = tree.length <= maxListed && !isLate;
  const blocked = firstObstacle(await withoutInnerReuses(deps, obstacles, { root, tree, isWhole }));
  if (blocked !== undefined) return blocked;
  const jobs = tree.slice(0, maxListed);
  const plan = await planData(deps, jobs, scope);
  if ('blocked' in plan) return plan;
  return { jobIds: jobs.map(({ id }) => id), dataIds: plan.dataIds, complete: isWhole && plan.complete };
}

/** All obstacles of the kind that is reported first. */
function firstObstacle(obstacles: readonly Blocked[]): Blocked | undefined {
  const kind = kinds.find((each) => obstacles.some(({ blocked }) => blocked === each));
  if (kind === undefined) return undefined;
  const same = obstacles.filter(({ blocked }) => blocked === kind);
  const distinct = (ids: readonly string[]) => [...new Set(ids)].slice(0, maxListed);
  const dataIds = distinct(same.flatMap((each) => each.dataIds ?? []));
  return {
    blocked: kind,
    jobIds: distinct(same.flatMap(({ jobIds }) => jobIds)),
    ...(dataIds.length === 0 ? {} : { dataIds }),
  };
}

/**
 * Reads the relations of one job in the tree.
 * @param scope `room` is the number of sub-jobs that are still worth reading
 */
async function surveyJob(
  deps: PlanDeps,
  job: Job,
  scope: PlanScope & { readonly room: number },
): Promise<Surroundings> {
  const obstacles: Blocked[] = [];
  if (!scope.withChildren) {
    // Without a time limit: a deletion that is accepted without sub-jobs must have none, for it would delete
    // them too.
    const below = await findObstacle(deps, job, { kind: 'child', budgetEndsAt: Number.POSITIVE_INFINITY });
    if (below !== undefined && below !== 'late') obstacles.push(below);
  }
  const waiting = await findObstacle(deps, job, { kind: 'dependent', ...scope });
  if (waiting === 'late') return { obstacles, children: [], late: true };
  if (waiting !== undefined) obstacles.push(waiting);
  const reuses = await findReuses(deps, job, scope);
  if (reuses === 'late') return { obstacles, children: [], late: true };
  if (reuses !== undefined) obstacles.push(reuses);
  const outputs = scope.withOutputs === true ? undefined : await findOutputs(deps, job);
  if (outputs !== undefined) obstacles.push(outputs);
  if (!scope.withChildren) return { obstacles, children: [], late: false };
  return { obstacles, ...(await readChildren(deps, job, scope)) };
}

async function readChildren(
  deps: PlanDeps,
  job: Job,
  { room, budgetEndsAt }: { readonly room: number; readonly budgetEndsAt: number },
): Promise<Omit<Surroundings, 'obstacles'>> {
  const children: Job[] = [];
  if (room <= 0) return { children, late: false };
  for await (const { jobs } of linkedJobs(deps, job, 'child')) {
    children.push(...jobs);
    if (children.length >= room) break;
    if (deps.clock.now() >= budgetEndsAt) return { children, late: true };
  }
  return { children, late: false };
}

/** The data objects that the job wrote and that were not deleted. */
async function findOutputs(deps: PlanDeps, job: Job): Promise<Blocked | undefined> {
  const dataIds: string[] = [];
  for await (const written of writtenData(deps, job)) {
    dataIds.push(...written.map(({ id }) => id));
    if (dataIds.length >= maxListed) break;
  }
  if (dataIds.length === 0) return undefined;
  return { blocked: 'outputs', jobIds: [job.id], dataIds: dataIds.slice(0, maxListed) };
}

/**
 * The jobs that wait for this one, or its sub-jobs. Once some were found, no more are read after the budget; `late` if none were
 * found until then.
 */
async function findObstacle(
  deps: PlanDeps,
  job: Job,
  { kind, budgetEndsAt }: { readonly kind: 'child' | 'dependent'; readonly budgetEndsAt: number },
): Promise<Blocked | 'late' | undefined> {
  const found: string[] = [];
  for await (const { jobs, creatingIds } of linkedJobs(deps, job, kind)) {
    const blocking = kind === 'child' ? jobs : jobs.filter(({ status }) => status === 'waiting');
    found.push(...blocking.map(({ id }) => id), ...creatingIds);
    if (found.length >= maxListed) break;
    if (deps.clock.now() < budgetEndsAt) continue;
    if (found.length === 0) return 'late';
    break;
  }
  if (found.length === 0) return undefined;
  return { blocked: kind === 'child' ? 'children' : 'dependents', jobIds: found.slice(0, maxListed) };
}

/** The jobs that have the result of this one; ends as `findObstacle` does. */
async function findReuses(
  deps: PlanDeps,
  job: Job,
  { budgetEndsAt }: Pick<PlanScope, 'budgetEndsAt'>,
): Promise<Blocked | 'late' | undefined> {
  const found: string[] = [];
  for await (const ids of reusersOf(deps, job)) {
    found.push(...ids);
    if (found.length >= maxListed || deps.clock.now() >= budgetEndsAt) break;
  }
  if (found.length === 0) return deps.clock.now() >= budgetEndsAt && mayBeReused(job) ? 'late' : undefined;
  return { blocked: 'reuses', jobIds: found.slice(0, maxListed) };
}

/** A tree of jobs to delete; `isWhole` unless it contains more jobs than were read. */
interface ReadTree {
  readonly root: Job;
  readonly tree: readonly Job[];
  readonly isWhole: boolean;
}

/** Leaves out reuses by jobs that would be deleted too. */
async function withoutInnerReuses(
  deps: PlanDeps,
  obstacles: readonly Blocked[],
  { root, tree, isWhole }: ReadTree,
): Promise<readonly Blocked[]> {
  const inTree = new Set(tree.map(({ id }) => id));
  const isOutside = async (jobId: string) =>
    !inTree.has(jobId) && (isWhole || !(await descendsFrom(deps, { tenant: root.tenant, jobId }, root.id)));
  const filtered = await inParallel(obstacles, parallel, async (obstacle) => {
    if (obstacle.blocked !== 'reuses') return obstacle;
    const areOutside = await inParallel(obstacle.jobIds, parallel, isOutside);
    return { ...obstacle, jobIds: obstacle.jobIds.filter((_, index) => areOutside[index]) };
  });
  return filtered.filter(({ jobIds }) => jobIds.length > 0);
}

/** Whether a job is below another one. */
async function descendsFrom({ jobs }: PlanDeps, key: JobKey, ancestorId: string): Promise<boolean> {
  let job = await jobs.get(key);
  while (job?.parentId !== undefined && job.parentId !== ancestorId)
    job = await jobs.get({ tenant: key.tenant, jobId: job.parentId });
  return job?.parentId === ancestorId;
}
