import type { JobStore } from '../../ports/job-store.ts';
import { asError } from '../../std/as-error.ts';
import { type BatchLookup, type LookUpOnBatchDeps, lookUpOnBatch } from '../batch/look-up-on-batch.ts';
import type { Job } from '../model/job.ts';
import { type NeededJob, readDependencies } from '../relations/read-dependencies.ts';

/** What a look has to know beyond the job itself; each member only for jobs in the states that need it. */
export interface Facts {
  /** What Batch says of an attempt that it has, or should have. */
  readonly batch?: BatchLookup;
  /** Those that a waiting job needs. */
  readonly needed?: readonly NeededJob[];
}

export type FactsDeps = LookUpOnBatchDeps & { readonly jobs: Pick<JobStore, 'get'> };

/** Finds out what the state of a due job makes it necessary to know. */
export async function factsOf(deps: FactsDeps, job: Job): Promise<Facts> {
  if (job.status === 'waiting') {
    const needed = await readDependenciesIfPossible(deps, job);
    return needed === undefined ? {} : { needed };
  }
  const batch = await lookUpOnBatch(deps, job);
  return batch === undefined ? {} : { batch };
}

/** Undefined when they cannot be read: the job's own limit counts all the same, and the next look reads them again. */
async function readDependenciesIfPossible(
  deps: FactsDeps,
  job: Job,
): Promise<readonly NeededJob[] | undefined> {
  try {
    return await readDependencies(deps.jobs, job);
  } catch (error) {
    const cause = asError(error);
    deps.log.warn('needed-unreadable', { jobId: job.id, error: cause });
    return undefined;
  }
}
