import type { BatchDispatcher } from '../../ports/batch-dispatcher.ts';
import type { JobLinks } from '../../ports/job-links.ts';
import type { JobKey } from '../../ports/job-store.ts';
import type { Counter } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { SettleAttemptDeps } from '../attempts/settle-attempt.ts';
import { applyBatchEvent } from '../batch/apply-batch-event.ts';
import { hasEndedOnBatch } from '../batch/decide-batch-event.ts';
import { stopBatchJob, stopStray } from '../batch/stop-batch-job.ts';
import type { Job } from '../model/job.ts';
import { updateJob } from '../records/update-job.ts';
import { capacityTargetOf } from '../scheduling/capacity-target.ts';
import { queueJob } from '../scheduling/queue-job.ts';
import { startAttempt } from '../scheduling/start-attempt.ts';
import { continueCascade } from './continue-cascade.ts';
import { type Facts, factsOf } from './facts.ts';
import type { Repair } from './repair.ts';
import { repairJob } from './repair-job.ts';
import { startAgain } from './repair-queued.ts';

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

/** How much of a pass goes to the work that one job has left on others: nobody's many sub-jobs keep the rest waiting. */
const cascadeMilliseconds = 10_000;

/** How much of a pass is kept for ends that no event reported, once there are any. */
const endsMilliseconds = 15_000;

/** `end`: AWS Batch reported the end of its attempt, which is not applied yet. */
type Outcome = 'done' | 'failed' | 'end';

/**
 * Looks at every job that is due: starts what never started, ends what is overdue, and puts off what is alive. One bad
 * job never stops the pass; it stays due and is counted. To apply an end may mean to check a large result: that comes
 * last, one by one, and what does not fit in the pass is done in the next one.
 */
export async function reconcile(deps: ReconcileDeps, input: ReconcileInput): Promise<ReconcileOutput> {
  let [looked, failed] = [0, 0];
  const [seen, ends] = [new Set<string>(), [] as JobKey[]];
  while (deps.clock.now() < input.deadline - (ends.length > 0 ? endsMilliseconds : 0)) {
    // Those that are still due must not hide the ones behind them.
    const due = await deps.jobs.listDue(deps.clock.now(), pageSize + failed + ends.length);
    const fresh = due.filter((key) => !seen.has(keyText(key)));
    if (fresh.length === 0) break;
    for (const key of fresh) seen.add(keyText(key));
    looked += fresh.length;
    const outcomes = await inParallel(fresh, parallel, (key) =>
      lookAt(deps, key, { ...input, ends: 'defer' }),
    );
    failed += outcomes.filter((outcome) => outcome === 'failed').length;
    ends.push(...fresh.filter((_, index) => outcomes[index] === 'end'));
  }
  return { looked, failed: failed + (await applyEnds(deps, ends, input)) };
}

function keyText({ tenant, jobId }: JobKey): string {
  return `${tenant}/${jobId}`;
}

/** How many could not be applied. */
async function applyEnds(
  deps: ReconcileDeps,
  keys: readonly JobKey[],
  input: ReconcileInput,
): Promise<number> {
  let failed = 0;
  for (const key of keys) {
    if (deps.clock.now() >= input.deadline) break;
    if ((await lookAt(deps, key, { ...input, ends: 'apply' })) === 'failed') failed += 1;
  }
  return failed;
}

interface LookInput extends ReconcileInput {
  readonly ends: 'defer' | 'apply';
}

async function lookAt(deps: ReconcileDeps, key: JobKey, input: LookInput): Promise<Outcome> {
  try {
    const jitter = deps.chance.fraction();
    const look = () => ({ now: deps.clock.now(), lookAfter: input.lookAfter, jitter });
    const repair = await updateJob<Repair | 'end'>(deps.jobs, key, async (job) => {
      const facts = job === undefined ? {} : await factsOf(deps, job);
      if (input.ends === 'defer' && hasEnd(facts)) return { answer: 'end' };
      const decision = repairJob(job, look(), facts);
      const { queue } = decision.answer;
      if (job === undefined || queue === undefined) return decision;
      // Before the next look is put off: a job that could not be queued stays due.
      return (await queueAgain(deps, queue)) ? decision : startAgain(job, look());
    });
    if (repair === 'end') return 'end';
    await carryOut(deps, repair, { ...key, deadline: input.deadline, lookAfter: input.lookAfter });
    return 'done';
  } catch (error) {
    const about = { jobId: key.jobId, error: asError(error) };
    deps.log.warn('repair-failed', about);
    deps.counter.count('RepairFailed');
    return 'failed';
  }
}

/** False when the target is not congested any more: then the job waits for nothing but a start. */
async function queueAgain(deps: ReconcileDeps, job: Job): Promise<boolean> {
  const target = await capacityTargetOf(deps, job);
  if ((await deps.queues.read(target)) === undefined) return false;
  await queueJob(deps, target, job);
  return true;
}

function hasEnd({ batch }: Facts): boolean {
  return batch?.kind === 'told' && hasEndedOnBatch(batch.told);
}

interface Looked extends JobKey {
  readonly deadline: number;
  readonly lookAfter: number;
}

async function carryOut(deps: ReconcileDeps, repair: Repair, looked: Looked): Promise<void> {
  const { cause, start, cascade } = repair;
  if (repair.stop !== undefined) await stopBatchJob(deps, repair.stop.job, repair.stop.reason);
  if (cause === 'none' || cause === 'alive' || cause === 'queued') return;
  deps.log.info('repaired', { jobId: looked.jobId, cause });
  deps.counter.count('Repaired', { cause });
  if (repair.stray !== undefined) await stopStray(deps, repair.stray);
  if (repair.told !== undefined) {
    const event = { ...repair.told, tenant: looked.tenant };
    await applyBatchEvent(deps, { event, lookAfter: looked.lookAfter });
  }
  if (start !== undefined) await startAttempt(deps, start.job, { delaySeconds: start.delaySeconds });
  if (cascade !== undefined) {
    const deadline = Math.min(looked.deadline, deps.clock.now() + cascadeMilliseconds);
    await continueCascade(deps, cascade, deadline);
  }
}
