import type { Clock } from '../../ports/clock.ts';
import type { ExecutionStarter } from '../../ports/execution-starter.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import type { Settings } from '../../ports/settings.ts';
import type { Job } from '../model/job.ts';
import { updateJob } from '../records/update-job.ts';
import { startAttempt } from '../scheduling/start-attempt.ts';
import { decideWaiting } from './decide-waiting.ts';
import { readDependencies } from './read-dependencies.ts';

export interface WakeJobDeps {
  readonly jobs: Pick<JobStore, 'get' | 'replace'>;
  readonly executions: ExecutionStarter;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Pick<Settings, 'reconcileAfterMs'>;
}

/**
 * Checks whether a waiting job still has to wait for its dependencies; if not, starts or ends it. All other
 * jobs stay unchanged. Returns the job as it is then; undefined if it does not exist.
 */
export async function wakeJob(deps: WakeJobDeps, key: JobKey): Promise<Job | undefined> {
  const { reconcileAfterMs } = deps.settings;
  const { job, isRunnable } = await updateJob(deps.jobs, key, async (current) => {
    if (current?.status !== 'waiting') return { result: { job: current, isRunnable: false } };
    const dependencies = await readDependencies(deps.jobs, current);
    const next = decideWaiting(current, dependencies, { now: deps.clock.now(), reconcileAfterMs });
    if (next === undefined) return { result: { job: current, isRunnable: false } };
    return { next, result: { job: next, isRunnable: next.status === 'pending' } };
  });
  if (job !== undefined && isRunnable) await startAttempt(deps, job);
  return job;
}
