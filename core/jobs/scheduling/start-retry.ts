import { type SettleResult, startOfRetry } from '../model/settle-job.ts';
import { type StartAttemptDeps, startAttempt } from './start-attempt.ts';

/** Starts the retry of a settled attempt, unless there is none or the reconciler starts it. */
export async function startRetry(deps: StartAttemptDeps, result: SettleResult): Promise<void> {
  const start = startOfRetry(result);
  if (start !== undefined) await startAttempt(deps, start.job, { delaySeconds: start.delaySeconds });
}
