import { inParallel } from '../../std/in-parallel.ts';
import type { Job } from '../model/job.ts';
import { type Blocked, isDeletable, linkedJobs, type RemovalDeps } from './removal.ts';

export interface RemovalPlan {
  /** What would be deleted, a parent before its sub-jobs, at most 1,000. */
  readonly jobIds: readonly string[];
  /** False when there are more, or there was no time to read them all. */
  readonly complete: boolean;
}

export interface RemovalScope {
  /** Whether sub-jobs are deleted too; otherwise they stand in the way. */
  readonly withChildren: boolean;
  /** When to stop reading, in milliseconds since 1970. */
  readonly deadline: number;
}

type PlanDeps = Pick<RemovalDeps, 'jobs' | 'links' | 'clock'>;

/** What was found around one job of the tree. `late`: there was no time to read it all. */
interface Surroundings {
  readonly obstacle?: Blocked | undefined;
  readonly children: readonly Job[];
  readonly late: boolean;
}

const maxPlanned = 1000;

/** How many jobs that stand in the way are reported. */
const maxReported = 100;

const parallel = 10;

/**
 * What the deletion of a job would delete, or what stands in its way; changes nothing. Reads the surroundings of ten jobs at a
 * time, of 1,000 at most, and none after the deadline: what it did not get to is in no plan, and `complete` is false.
 */
export async function planRemoval(
  deps: PlanDeps,
  root: Job,
  scope: RemovalScope,
): Promise<RemovalPlan | Blocked> {
  const tree = [root];
  const running: string[] = [];
  let isLate = false;
  for (let seen = 0; seen < tree.length && seen < maxPlanned && !isLate; ) {
    const group = tree.slice(seen, seen + parallel);
    seen += group.length;
    const room = maxPlanned + 1 - tree.length;
    const found = await inParallel(group, parallel, (job) => surveyTree(deps, job, { ...scope, room }));
    running.push(...group.filter((job) => !isDeletable(job)).map(({ id }) => id));
    if (running.length >= maxReported) break;
    const obstacle = found.find((one) => one.obstacle !== undefined)?.obstacle;
    if (obstacle !== undefined && running.length === 0) return obstacle;
    tree.push(...found.flatMap(({ children }) => children));
    isLate = found.some(({ late }) => late) || (seen < tree.length && deps.clock.now() >= scope.deadline);
  }
  if (running.length > 0) return { blocked: 'running', jobIds: running.slice(0, maxReported) };
  const complete = tree.length <= maxPlanned && !isLate;
  return { jobIds: tree.slice(0, maxPlanned).map(({ id }) => id), complete };
}

/** @param scope its `room` is how many sub-jobs are still worth reading */
async function surveyTree(
  deps: PlanDeps,
  job: Job,
  scope: RemovalScope & { readonly room: number },
): Promise<Surroundings> {
  if (!scope.withChildren) {
    // However long it takes: what is accepted without sub-jobs must have none, for it would take them along.
    const below = await findObstacle(deps, job, { kind: 'child', deadline: Number.POSITIVE_INFINITY });
    if (below !== undefined && below !== 'late') return { obstacle: below, children: [], late: false };
  }
  const waiting = await findObstacle(deps, job, { kind: 'dependent', ...scope });
  if (waiting === 'late') return { children: [], late: true };
  if (waiting !== undefined) return { obstacle: waiting, children: [], late: false };
  return scope.withChildren ? readChildren(deps, job, scope) : { children: [], late: false };
}

async function readChildren(
  deps: PlanDeps,
  job: Job,
  { room, deadline }: { readonly room: number; readonly deadline: number },
): Promise<Surroundings> {
  const children: Job[] = [];
  if (room <= 0) return { children, late: false };
  for await (const { jobs } of linkedJobs(deps, job, 'child')) {
    children.push(...jobs);
    if (children.length >= room) break;
    if (deps.clock.now() >= deadline) return { children, late: true };
  }
  return { children, late: false };
}

/** Jobs that wait for this one, or its sub-jobs; only the first ones are reported. */
async function findObstacle(
  deps: PlanDeps,
  job: Job,
  { kind, deadline }: { readonly kind: 'child' | 'dependent'; readonly deadline: number },
): Promise<Blocked | 'late' | undefined> {
  for await (const { jobs, coming } of linkedJobs(deps, job, kind)) {
    const inTheWay = kind === 'child' ? jobs : jobs.filter(({ status }) => status === 'waiting');
    const jobIds = [...inTheWay.map(({ id }) => id), ...coming].slice(0, maxReported);
    if (jobIds.length > 0) return { blocked: kind === 'child' ? 'children' : 'dependents', jobIds };
    if (deps.clock.now() >= deadline) return 'late';
  }
  return undefined;
}
