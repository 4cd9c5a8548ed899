import type { JobStore } from '../../ports/job-store.ts';
import { type AskBatchDeps, askBatch, type BatchWord } from '../batch/ask-batch.ts';
import type { Job } from '../job.ts';
import { type NeededJob, readNeeded } from '../relations/needed-jobs.ts';

/** What a look has to know beyond the job itself; each member only for jobs in the states that need it. */
export interface Facts {
  /** What Batch says of an attempt that it has, or should have. */
  readonly batch?: BatchWord;
  /** Those that a waiting job needs. */
  readonly needed?: readonly NeededJob[];
}

export type FactsDeps = AskBatchDeps & { readonly jobs: Pick<JobStore, 'get'> };

/** Finds out what the state of a due job makes it necessary to know. */
export async function factsOf(deps: FactsDeps, job: Job): Promise<Facts> {
  if (job.status === 'waiting') return { needed: await readNeeded(deps.jobs, job) };
  const batch = await askBatch(deps, job);
  return batch === undefined ? {} : { batch };
}
