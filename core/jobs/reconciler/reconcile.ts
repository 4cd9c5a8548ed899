import type { BatchDispatcher } from '../../ports/batch-dispatcher.ts';
import type { JobLinks } from '../../ports/job-links.ts';
import type { JobKey } from '../../ports/job-store.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { asError } from '../../std/as-error.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { SettleAttemptDeps } from '../attempts/settle-attempt.ts';
import { applyBatchEvent } from '../batch/apply-batch-event.ts';
import { hasEndedOnBatch } from '../batch/decide-batch-event.ts';
import { stopBatchJob, stopOrphan } from '../batch/stop-batch-job.ts';
import type { Job } from '../model/job.ts';
import { updateJob } from '../records/update-job.ts';
import { capacityTargetOf } from '../scheduling/capacity-target.ts';
import { queueJob } from '../scheduling/queue-job.ts';
import { startAttempt } from '../scheduling/start-attempt.ts';
import { type ContinueCascadeDeps, continueCascade } from './continue-cascade.ts';
import { type LookedUpState, lookUpState } from './look-up-state.ts';
import { reconcileJob } from './reconcile-job.ts';
import { startAgain } from './reconcile-unclaimed.ts';
import type { Reconciliation } from './reconciliation.ts';

export interface ReconcileDeps
  extends Omit<SettleAttemptDeps, 'data'>,
    Pick<ContinueCascadeDeps, 'data' | 'contents'> {
  readonly links: JobLinks;
  readonly batch: Pick<BatchDispatcher, 'describe' | 'find' | 'terminate'>;
  readonly metrics: Metrics;
}

export interface ReconcileInput {
  /** When to leave the rest to the next pass, in epoch milliseconds. */
  readonly budgetEndsAt: number;
}

export interface ReconcileOutput {
  readonly checked: number;
  readonly failed: number;
}

const pageSize = 200;
const parallel = 10;

/**
 * How much time of a pass the remaining work of one job may take: many sub-jobs of one job must not delay
 * others.
 */
const cascadeBudgetMs = 10_000;

/** How much time of a pass is reserved for ends that no event reported, if there are any. */
const endsReserveMs = 15_000;

/** `end`: AWS Batch reported the end of the attempt, which is not applied yet. */
type CheckResult = 'done' | 'failed' | 'end';

/**
 * Checks every job that is due: starts attempts that no execution has claimed, ends overdue jobs, and
 * schedules the next check of the others. A job that fails never stops the pass; it stays due and is counted.
 * Applying an end may mean checking a large result: ends are applied last and one by one, and the next pass
 * continues with those that do not fit in this one.
 */
export async function reconcile(deps: ReconcileDeps, input: ReconcileInput): Promise<ReconcileOutput> {
  let checked = 0;
  let failed = 0;
  const checkedKeys = new Set<string>();
  const ends: JobKey[] = [];
  while (deps.clock.now() < input.budgetEndsAt - (ends.length > 0 ? endsReserveMs : 0)) {
    // Jobs that are still due must not hide the ones behind them.
    const due = await deps.jobs.listDue(deps.clock.now(), pageSize + failed + ends.length);
    const fresh = due.filter((key) => !checkedKeys.has(keyText(key)));
    if (fresh.length === 0) break;
    for (const key of fresh) checkedKeys.add(keyText(key));
    checked += fresh.length;
    const results = await inParallel(fresh, parallel, (key) =>
      checkJob(deps, key, { ...input, ends: 'defer' }),
    );
    failed += results.filter((result) => result === 'failed').length;
    ends.push(...fresh.filter((_, index) => results[index] === 'end'));
  }
  return { checked, failed: failed + (await applyEnds(deps, ends, input)) };
}

function keyText({ tenant, jobId }: JobKey): string {
  return `${tenant}/${jobId}`;
}

/** Returns the number of ends that could not be applied. */
async function applyEnds(
  deps: ReconcileDeps,
  keys: readonly JobKey[],
  input: ReconcileInput,
): Promise<number> {
  let failed = 0;
  for (const key of keys) {
    if (deps.clock.now() >= input.budgetEndsAt) break;
    if ((await checkJob(deps, key, { ...input, ends: 'apply' })) === 'failed') failed += 1;
  }
  return failed;
}

interface CheckJobInput extends ReconcileInput {
  readonly ends: 'defer' | 'apply';
}

async function checkJob(deps: ReconcileDeps, key: JobKey, input: CheckJobInput): Promise<CheckResult> {
  try {
    const jitter = deps.random.fraction();
    const { reconcileAfterMs } = deps.settings;
    const check = () => ({ now: deps.clock.now(), reconcileAfterMs, jitter });
    const reconciliation = await updateJob<Reconciliation | 'end'>(deps.jobs, key, async (job) => {
      const state = job === undefined ? {} : await lookUpState(deps, job);
      if (input.ends === 'defer' && hasEnd(state)) return { result: 'end' };
      const decision = reconcileJob(job, check(), state);
      const { queue } = decision.result;
      if (job === undefined || queue === undefined) return decision;
      // Before the next check is scheduled: a job that could not be queued stays due.
      return (await queueAgain(deps, queue)) ? decision : startAgain(job, check());
    });
    if (reconciliation === 'end') return 'end';
    await applyEffects(deps, reconciliation, { ...key, budgetEndsAt: input.budgetEndsAt });
    return 'done';
  } catch (error) {
    const cause = asError(error);
    deps.log.warn('reconciliation-failed', { jobId: key.jobId, error: cause });
    deps.metrics.count('RepairFailed');
    return 'failed';
  }
}

/** Queues a job again. False if its target is no longer congested: then the job only has to be started. */
async function queueAgain(deps: ReconcileDeps, job: Job): Promise<boolean> {
  const target = await capacityTargetOf(deps, job);
  if ((await deps.queues.read(target)) === undefined) return false;
  await queueJob(deps, target, job);
  return true;
}

function hasEnd({ batch }: LookedUpState): boolean {
  return batch?.kind === 'found' && hasEndedOnBatch(batch.batchJob);
}

interface CheckedJob extends JobKey {
  readonly budgetEndsAt: number;
}

async function applyEffects(
  deps: ReconcileDeps,
  reconciliation: Reconciliation,
  checked: CheckedJob,
): Promise<void> {
  const { cause, start, cascade } = reconciliation;
  if (reconciliation.stop !== undefined)
    await stopBatchJob(deps, reconciliation.stop.job, reconciliation.stop.reason);
  if (cause === 'none' || cause === 'postponed' || cause === 'queued') return;
  deps.log.info('reconciled', { jobId: checked.jobId, cause });
  deps.metrics.count('Repaired', { cause });
  if (reconciliation.orphan !== undefined) await stopOrphan(deps, reconciliation.orphan);
  if (reconciliation.batchJob !== undefined) {
    const event = { ...reconciliation.batchJob, tenant: checked.tenant };
    await applyBatchEvent(deps, event);
  }
  if (start !== undefined) await startAttempt(deps, start.job, { delaySeconds: start.delaySeconds });
  if (cascade !== undefined) {
    const budgetEndsAt = Math.min(checked.budgetEndsAt, deps.clock.now() + cascadeBudgetMs);
    await continueCascade(deps, cascade, budgetEndsAt);
  }
}
