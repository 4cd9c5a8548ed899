import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { WorkerAccess } from '../../../core/jobs/attempts/dispatch-attempt.ts';
import { completeAttempt } from '../../../core/jobs/worker/complete-attempt.ts';
import { failAttempt } from '../../../core/jobs/worker/fail-attempt.ts';
import { reportHeartbeat } from '../../../core/jobs/worker/report-heartbeat.ts';
import { reportProgress } from '../../../core/jobs/worker/report-progress.ts';
import type { WorkerCaller } from '../../../core/jobs/worker/worker-access.ts';
import { digest } from '../../../core/std/digest.ts';
import { useSlots } from '../data/simulated-slots.ts';
import { type Process, retried } from '../process.ts';

/** Running user code: its attempt, and the name that it reports under. */
export interface WorkerRun {
  readonly tenant: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly worker: WorkerAccess;
  /** The id of an execution or of a Batch job. */
  readonly by: string;
  readonly onBatch: boolean;
  /** Whether it reads inputs and writes outputs. */
  readonly usesSlots: boolean;
  /** True when it was ended from outside. */
  readonly isStopped: () => boolean;
}

/** `stopped`: a response requested the stop, or it was ended from outside; `silent`: it ended without a report. */
export type WorkerEnd = 'completed' | 'failed' | 'stopped' | 'silent';

/** Runs for a while with reports that are early, repeated, out of order and late, and usually reports its end. */
export async function simulatedWorker(process: Process, run: WorkerRun): Promise<WorkerEnd> {
  const { random, scheduler, runs } = process;
  const { jobId, attempt, by, tenant, onBatch } = run;
  const caller: WorkerCaller = {
    key: { tenant, jobId },
    tokenDigest: digest(run.worker.token),
    ...(onBatch ? { workerId: by } : {}),
  };
  const identity = { jobId, attempt, by };
  for (let step = 0; step < random.whole(0, 6); step += 1) {
    await scheduler.sleep(random.happens(0.05) ? random.whole(30_000, 120_000) : random.whole(100, 9000));
    if (run.isStopped()) return 'stopped';
    const instructionOf = await retried(process, () => report(process, caller, step));
    if (instructionOf === 'stop') return 'stopped';
    if (instructionOf === 'go on') runs.push({ ...identity, kind: 'reported' });
  }
  if (run.isStopped()) return 'stopped';
  if (run.usesSlots && !(await useSlots(process, caller))) return 'stopped';
  if (random.happens(0.15)) return 'silent';
  const isFailure = random.happens(0.25);
  const end = await retried(process, () =>
    isFailure ? fail(process, caller, random.happens(0.5)) : complete(process, caller, { attempt, by }),
  );
  if (end === undefined) return 'silent';
  if (end === 'stop') return 'stopped';
  runs.push({ ...identity, kind: 'reported' });
  return isFailure ? 'failed' : 'completed';
}

type Instruction = 'go on' | 'stop';

async function report({ ports, random }: Process, caller: WorkerCaller, step: number): Promise<Instruction> {
  const progress = { completion: random.happens(0.2) ? random.fraction() : Math.min(1, step / 6) };
  return instructionOf(() =>
    random.happens(0.5) ? reportHeartbeat(ports(), caller) : reportProgress(ports(), { caller, progress }),
  );
}

async function complete({ ports }: Process, caller: WorkerCaller, result: { attempt: number; by: string }) {
  return instructionOf(() => completeAttempt(ports(), { caller, completion: { result } }));
}

async function fail({ ports }: Process, caller: WorkerCaller, retryable: boolean) {
  return instructionOf(() => failAttempt(ports(), { caller, failure: { message: 'no', retryable } }));
}

/** How a worker reads a response: 409 and `abort` both mean that its result is no longer needed. */
async function instructionOf(call: () => Promise<{ readonly abort: boolean }>): Promise<Instruction> {
  try {
    return (await call()).abort ? 'stop' : 'go on';
  } catch (error) {
    // The job can have been deleted since its attempt ended.
    const isOver = error instanceof ProblemError && ['stale-attempt', 'unauthenticated'].includes(error.slug);
    if (isOver) return 'stop';
    throw error;
  }
}
