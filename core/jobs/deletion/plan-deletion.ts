import { inParallel } from '../../std/in-parallel.ts';
import type { Job } from '../model/job.ts';
import { writtenData } from '../outputs/current-outputs.ts';
import { type Blocked, type DeletionDeps, isDeletable, linkedJobs } from './deletion.ts';

export interface DeletionPlan {
  /** The jobs that would be deleted, a parent before its sub-jobs; at most 1,000. */
  readonly jobIds: readonly string[];
  /** False if there are more jobs, or if there was no time to read them all. */
  readonly complete: boolean;
}

export interface DeletionScope {
  /** Whether sub-jobs are deleted too; otherwise they block the deletion. */
  readonly withChildren: boolean;
  /** When to stop reading, in epoch milliseconds. */
  readonly budgetEndsAt: number;
}

type PlanDeps = Pick<DeletionDeps, 'jobs' | 'links' | 'data' | 'clock'>;

/** The relations of one job in the tree. `late`: there was no time to read them all. */
interface Surroundings {
  readonly obstacle?: Blocked | undefined;
  readonly children: readonly Job[];
  readonly late: boolean;
}

const maxPlanned = 1000;

/** Maximum number of blocking jobs or data objects that are reported. */
const maxReported = 100;

const parallel = 10;

/**
 * Plans the deletion of a job: returns the jobs that it would delete, or the obstacles; changes nothing.
 * Reads the relations of ten jobs at a time, of at most 1,000, and of none after `budgetEndsAt`: jobs that were
 * not reached are not in the plan, and `complete` is false.
 */
export async function planDeletion(
  deps: PlanDeps,
  root: Job,
  scope: DeletionScope,
): Promise<DeletionPlan | Blocked> {
  const tree = [root];
  const running: string[] = [];
  let isLate = false;
  for (let visited = 0; visited < tree.length && visited < maxPlanned && !isLate; ) {
    const group = tree.slice(visited, visited + parallel);
    visited += group.length;
    const room = maxPlanned + 1 - tree.length;
    const found = await inParallel(group, parallel, (job) => surveyJob(deps, job, { ...scope, room }));
    running.push(...group.filter((job) => !isDeletable(job)).map(({ id }) => id));
    if (running.length >= maxReported) break;
    const obstacle = found.find((surroundings) => surroundings.obstacle !== undefined)?.obstacle;
    if (obstacle !== undefined && running.length === 0) return obstacle;
    tree.push(...found.flatMap(({ children }) => children));
    isLate =
      found.some(({ late }) => late) || (visited < tree.length && deps.clock.now() >= scope.budgetEndsAt);
  }
  if (running.length > 0) return { blocked: 'running', jobIds: running.slice(0, maxReported) };
  const complete = tree.length <= maxPlanned && !isLate;
  return { jobIds: tree.slice(0, maxPlanned).map(({ id }) => id), complete };
}

/**
 * Reads the relations of one job in the tree.
 * @param scope `room` is the number of sub-jobs that are still worth reading
 */
async function surveyJob(
  deps: PlanDeps,
  job: Job,
  scope: DeletionScope & { readonly room: number },
): Promise<Surroundings> {
  if (!scope.withChildren) {
    // Without a time limit: a deletion that is accepted without sub-jobs must have none, for it would delete
    // them too.
    const below = await findObstacle(deps, job, { kind: 'child', budgetEndsAt: Number.POSITIVE_INFINITY });
    if (below !== undefined && below !== 'late') return { obstacle: below, children: [], late: false };
  }
  const waiting = await findObstacle(deps, job, { kind: 'dependent', ...scope });
  if (waiting === 'late') return { children: [], late: true };
  if (waiting !== undefined) return { obstacle: waiting, children: [], late: false };
  const outputs = await findOutputs(deps, job);
  if (outputs !== undefined) return { obstacle: outputs, children: [], late: false };
  return scope.withChildren ? readChildren(deps, job, scope) : { children: [], late: false };
}

async function readChildren(
  deps: PlanDeps,
  job: Job,
  { room, budgetEndsAt }: { readonly room: number; readonly budgetEndsAt: number },
): Promise<Surroundings> {
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
  const { value: written = [] } = await writtenData(deps, job).next();
  if (written.length === 0) return undefined;
  const dataIds = written.slice(0, maxReported).map(({ id }) => id);
  return { blocked: 'outputs', jobIds: [job.id], dataIds };
}

/** The jobs that wait for this one, or its sub-jobs; only the first ones are reported. */
async function findObstacle(
  deps: PlanDeps,
  job: Job,
  { kind, budgetEndsAt }: { readonly kind: 'child' | 'dependent'; readonly budgetEndsAt: number },
): Promise<Blocked | 'late' | undefined> {
  for await (const { jobs, creatingIds } of linkedJobs(deps, job, kind)) {
    const blocking = kind === 'child' ? jobs : jobs.filter(({ status }) => status === 'waiting');
    const jobIds = [...blocking.map(({ id }) => id), ...creatingIds].slice(0, maxReported);
    if (jobIds.length > 0) return { blocked: kind === 'child' ? 'children' : 'dependents', jobIds };
    if (deps.clock.now() >= budgetEndsAt) return 'late';
  }
  return undefined;
}
