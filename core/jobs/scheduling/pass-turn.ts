import type { ServiceReader } from '../../ports/service-store.ts';
import { asError } from '../../std/as-error.ts';
import type { Job } from '../model/job.ts';
import { capacityTargetOf } from './capacity-target.ts';
import { type StartNextDeps, startNext } from './start-next.ts';

export interface PassTurnDeps extends StartNextDeps {
  readonly services: ServiceReader;
}

/**
 * Starts the next queued job at the target that the given job has just left. Makes no call while nothing is
 * congested. A failure is only logged: the next probe starts the job.
 */
export async function passTurn(deps: PassTurnDeps, job: Job): Promise<void> {
  try {
    if (!(await deps.congestion.isAnyCongested())) return;
    const target = await capacityTargetOf(deps, job);
    if (await deps.congestion.isCongested(target))
      await startNext(deps, { target, count: 1, budgetMs: 1000 });
  } catch (error) {
    const cause = asError(error);
    deps.log.warn('turn-not-passed', { jobId: job.id, error: cause });
  }
}
