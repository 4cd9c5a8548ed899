import type { Clock } from '../ports/clock.ts';
import type { ExecutionStarter } from '../ports/execution-starter.ts';
import type { JobKey, JobStore } from '../ports/job-store.ts';
import type { Counter, Log } from '../ports/log.ts';
import { inParallel } from './in-parallel.ts';
import { type Repair, repairJob } from './repair-job.ts';
import { startAttempt } from './start-attempt.ts';
import { updateJob } from './update-job.ts';

export interface ReconcileDeps {
  readonly jobs: JobStore;
  readonly executions: ExecutionStarter;
  readonly clock: Clock;
  readonly chance: { fraction(): number };
  readonly log: Log;
  readonly counter: Counter;
}

export interface ReconcileInput {
  /** Milliseconds until a job that is still alive is looked at again. */
  readonly lookAfter: number;
  /** When to leave the rest for the next sweep, in milliseconds since 1970. */
  readonly deadline: number;
}

export interface ReconcileOutput {
  readonly looked: number;
  readonly failed: number;
}

const pageSize = 200;
const parallel = 10;

/**
 * Looks at every job that is due: starts what never started, ends what is overdue, and puts off what is alive.
 * One bad job never stops the sweep; it stays due and is counted.
 */
export async function reconcile(deps: ReconcileDeps, input: ReconcileInput): Promise<ReconcileOutput> {
  let [looked, failed] = [0, 0];
  const seen = new Set<string>();
  while (deps.clock.now() < input.deadline) {
    // Those that could not be looked at are still due, and must not hide the ones behind them.
    const due = await deps.jobs.listDue(deps.clock.now(), pageSize + failed);
    const fresh = due.filter((key) => !seen.has(keyText(key)));
    if (fresh.length === 0) break;
    for (const key of fresh) seen.add(keyText(key));
    looked += fresh.length;
    failed += await lookAtAll(deps, fresh, input);
  }
  return { looked, failed };
}

function keyText({ tenant, jobId }: JobKey): string {
  return `${tenant}/${jobId}`;
}

/** How many could not be looked at. */
async function lookAtAll(
  deps: ReconcileDeps,
  keys: readonly JobKey[],
  input: ReconcileInput,
): Promise<number> {
  const looks = await inParallel(keys, parallel, (key) => lookAt(deps, key, input));
  return looks.filter((looked) => !looked).length;
}

async function lookAt(deps: ReconcileDeps, key: JobKey, input: ReconcileInput): Promise<boolean> {
  try {
    const jitter = deps.chance.fraction();
    const repair = await updateJob(deps.jobs, key, (job) =>
      repairJob(job, { now: deps.clock.now(), lookAfter: input.lookAfter, jitter }),
    );
    await carryOut(deps, key, repair);
    return true;
  } catch (error) {
    const about = { jobId: key.jobId, error: error instanceof Error ? error : new Error(String(error)) };
    deps.log.warn('repair-failed', about);
    deps.counter.count('RepairFailed');
    return false;
  }
}

async function carryOut(deps: ReconcileDeps, key: JobKey, repair: Repair): Promise<void> {
  if (repair.cause === 'none' || repair.cause === 'alive') return;
  deps.log.info('repaired', { jobId: key.jobId, cause: repair.cause });
  deps.counter.count('Repaired', { cause: repair.cause });
  if (repair.start !== undefined) await startAttempt(deps, repair.start.job, repair.start.delaySeconds);
}
