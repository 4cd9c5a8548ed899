import type { JobStore } from '../../ports/job-store.ts';
import { asError } from '../../std/as-error.ts';
import { type BatchLookup, type LookUpOnBatchDeps, lookUpOnBatch } from '../batch/look-up-on-batch.ts';
import type { Job } from '../model/job.ts';
import { type Dependency, readDependencies } from '../relations/read-dependencies.ts';

/** What reconciliation needs to know beyond the job itself; each member is present only if its status needs it. */
export interface LookedUpState {
  /** The state on Batch of an attempt that Batch has or should have. */
  readonly batch?: BatchLookup;
  /** The dependencies of a waiting job. */
  readonly dependencies?: readonly Dependency[];
}

export type LookUpStateDeps = LookUpOnBatchDeps & { readonly jobs: Pick<JobStore, 'get'> };

/** Reads what the status of a due job requires. */
export async function lookUpState(deps: LookUpStateDeps, job: Job): Promise<LookedUpState> {
  if (job.status === 'waiting') {
    const dependencies = await readDependenciesIfPossible(deps, job);
    return dependencies === undefined ? {} : { dependencies };
  }
  const batch = await lookUpOnBatch(deps, job);
  return batch === undefined ? {} : { batch };
}

/**
 * Undefined if they cannot be read: the job's time limit still applies, and the next check reads them again.
 */
async function readDependenciesIfPossible(
  deps: LookUpStateDeps,
  job: Job,
): Promise<readonly Dependency[] | undefined> {
  try {
    return await readDependencies(deps.jobs, job);
  } catch (error) {
    const cause = asError(error);
    deps.log.warn('dependency-unreadable', { jobId: job.id, error: cause });
    return undefined;
  }
}
