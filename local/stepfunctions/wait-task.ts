import { longTimer } from '../events/long-timer.ts';
import { isRecord } from '../json.ts';
import type { TaskPlan } from './step.ts';
import { TaskFault } from './task-fault.ts';

/**
 * Longest wait that AWS accepts, in seconds.
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html
 */
const maxWaitSeconds = 99_999_999;

/** Scale and cancellation of waits. */
export interface WaitScope {
  readonly delayScale: number;
  readonly signal: AbortSignal;
}

/**
 * Waits as the state specifies and returns its input. Throws `States.Runtime` for a duration that AWS
 * refuses.
 */
export async function waitInState(plan: TaskPlan, input: unknown, scope: WaitScope): Promise<unknown> {
  const dynamic = plan.waitFor === undefined && isRecord(input);
  const wait = plan.waitFor ?? (isRecord(input) ? input : {});
  await pause(durationMs(wait, plan) * scope.delayScale, scope.signal);
  return dynamic ? input['input'] : input;
}

function durationMs(wait: Readonly<Record<string, unknown>>, plan: TaskPlan): number {
  const { seconds } = wait;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 0 || seconds > maxWaitSeconds) {
    throw refused(
      plan,
      `${JSON.stringify(seconds)} is not a whole number of seconds from 0 to ${maxWaitSeconds}`,
    );
  }
  return seconds * 1000;
}

function refused(plan: TaskPlan, why: string): TaskFault {
  return new TaskFault(
    'States.Runtime',
    `An error occurred while executing the state '${plan.state}': ${why}`,
    plan,
  );
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (delayMs === 0 || signal.aborted) return resolve();
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = longTimer(delayMs, done);
    signal.addEventListener('abort', done, { once: true });
  });
}
