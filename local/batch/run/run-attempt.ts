import { longTimer } from '../../events/long-timer.ts';
import type { ProcessEnd } from '../../processes/bound-process.ts';
import type { MemoryWatch } from '../../processes/memory-watch.ts';
import { type ProcessOptions, startAttemptProcess } from './attempt-process.ts';
import { containerEnded, outOfMemory, spotInterrupted, startFailed, timedOut } from './status-reason.ts';

/** An attempt's command with its limits. */
export interface AttemptPlan extends ProcessOptions {
  readonly memoryLimitBytes: number;
  readonly timeLimitMs?: number;
  /** Time between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** Injected fault: the capacity is reclaimed this long after the start. */
  readonly interruptAfterMs?: number;
}

/** How an attempt ended. */
export interface AttemptEnd {
  readonly startedAtMs?: number;
  readonly stoppedAtMs: number;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly statusReason: string;
  /** `failed-finally` is not retried, regardless of the retry strategy. */
  readonly outcome: 'succeeded' | 'failed' | 'failed-finally';
}

/** A running attempt. */
export interface AttemptRun {
  readonly startedAtMs: number;
  /** Resolves when the attempt has ended; never rejects. */
  readonly ended: Promise<AttemptEnd>;
  /**
   * Terminates the program, and kills it after the grace period. The attempt then has the outcome
   * `failed-finally` with this reason.
   */
  stop(statusReason: string): void;
  /** Kills the program at once. */
  kill(): void;
}

/** Reason why an attempt is ended from outside; the first reason is kept. */
type Cause = Pick<AttemptEnd, 'statusReason' | 'reason' | 'outcome'>;

/**
 * Starts the command. The time limit counts from the start.
 * https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html
 */
export function runAttempt(plan: AttemptPlan, memory: MemoryWatch): AttemptRun {
  const startedAtMs = Date.now();
  const child = startAttemptProcess(plan);
  const cancels: Array<() => void> = [];
  let cause: Cause | undefined;
  const stop = (why: Cause): void => {
    if (cause !== undefined) return;
    cause = why;
    child.terminate();
    cancels.push(longTimer(plan.graceMs, child.kill));
  };
  const stopAfter = (delayMs: number | undefined, why: Cause): void => {
    if (delayMs !== undefined) cancels.push(longTimer(delayMs, () => stop(why)));
  };
  stopAfter(plan.timeLimitMs, { statusReason: timedOut, outcome: 'failed-finally' });
  stopAfter(plan.interruptAfterMs, { statusReason: spotInterrupted, outcome: 'failed' });
  if (child.pid !== undefined)
    cancels.push(
      memory.watch(child.pid, plan.memoryLimitBytes, () => {
        cause ??= { statusReason: containerEnded, reason: outOfMemory, outcome: 'failed' };
        child.kill();
      }),
    );
  const ended = child.ended.then((end) => {
    for (const cancel of cancels) cancel();
    return attemptEnd(end, cause, startedAtMs);
  });
  return {
    startedAtMs,
    ended,
    stop: (statusReason) => stop({ statusReason, outcome: 'failed-finally' }),
    kill: child.kill,
  };
}

/**
 * A program that exits with 0 when its capacity is reclaimed has succeeded, because Batch knows only its exit
 * code.
 */
function attemptEnd(end: ProcessEnd, cause: Cause | undefined, startedAtMs: number): AttemptEnd {
  const stoppedAtMs = Date.now();
  const { exitCode, failure } = end;
  if (exitCode === undefined) {
    const reason = `CannotStartContainerError: ${failure ?? 'the program could not be started'}`;
    return { stoppedAtMs, reason, statusReason: cause?.statusReason ?? startFailed, outcome: 'failed' };
  }
  const succeeded = exitCode === 0 && cause?.outcome !== 'failed-finally';
  return {
    startedAtMs,
    stoppedAtMs,
    exitCode,
    statusReason: containerEnded,
    outcome: succeeded ? 'succeeded' : 'failed',
    ...(succeeded ? {} : cause),
  };
}
