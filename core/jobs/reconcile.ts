import type { BatchDispatcher, BatchJob } from '../ports/batch-dispatcher.ts';
import type { JobLinks } from '../ports/job-links.ts';
import type { JobKey } from '../ports/job-store.ts';
import type { Counter } from '../ports/log.ts';
import { applyBatchEvent } from './batch/apply-batch-event.ts';
import { stopBatchJob, stopStray } from './batch/stop-batch-job.ts';
import { inParallel } from './in-parallel.ts';
import { continueCascade } from './relations/continue-cascade.ts';
import { factsOf } from './repair/facts.ts';
import type { Look, Repair } from './repair/repair.ts';
import { repairJob } from './repair/repair-job.ts';
import type { SettleAttemptDeps } from './settle-attempt.ts';
import { startAttempt } from './start-attempt.ts';
import { updateJob } from './update-job.ts';

export interface ReconcileDeps extends SettleAttemptDeps {
  readonly links: JobLinks;
  readonly batch: Pick<BatchDispatcher, 'describe' | 'find' | 'terminate'>;
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

/** How much of a sweep goes to the work that one job has left on others: nobody's many sub-jobs keep the rest waiting. */
const cascadeMilliseconds = 10_000;

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
    const look = () => ({ now: deps.clock.now(), lookAfter: input.lookAfter, jitter });
    const repair = await updateJob(deps.jobs, key, async (job) => {
      const facts = job === undefined ? {} : await factsOf(deps, job);
      return repairJob(job, look(), facts);
    });
    await carryOut(deps, repair, { ...key, deadline: input.deadline, look });
    return true;
  } catch (error) {
    const about = { jobId: key.jobId, error: error instanceof Error ? error : new Error(String(error)) };
    deps.log.warn('repair-failed', about);
    deps.counter.count('RepairFailed');
    return false;
  }
}

interface Looked extends JobKey {
  readonly deadline: number;
  readonly look: () => Look;
}

async function carryOut(deps: ReconcileDeps, repair: Repair, looked: Looked): Promise<void> {
  const { cause, start, cascade } = repair;
  if (repair.stop !== undefined) await stopBatchJob(deps, repair.stop.job, repair.stop.reason);
  if (cause === 'none' || cause === 'alive') return;
  deps.log.info('repaired', { jobId: looked.jobId, cause });
  deps.counter.count('Repaired', { cause });
  if (repair.stray !== undefined) await stopStray(deps, repair.stray);
  if (repair.told !== undefined) await applyTold(deps, repair.told, looked);
  if (start !== undefined) await startAttempt(deps, start.job, start.delaySeconds);
  if (cascade !== undefined) {
    const deadline = Math.min(looked.deadline, deps.clock.now() + cascadeMilliseconds);
    await continueCascade(deps, cascade, deadline);
  }
}

/** An end that cannot be applied, such as one whose result cannot be read, must not keep the job for ever. */
async function applyTold(deps: ReconcileDeps, told: BatchJob, looked: Looked): Promise<void> {
  const { tenant, jobId, look } = looked;
  try {
    await applyBatchEvent(deps, { event: { ...told, tenant }, lookAfter: look().lookAfter });
  } catch (error) {
    const unheard = { batch: { kind: 'unreachable' } } as const;
    const repair = await updateJob(deps.jobs, { tenant, jobId }, (job) => repairJob(job, look(), unheard));
    await carryOut(deps, repair, looked);
    throw error;
  }
}
