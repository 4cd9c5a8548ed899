import type { BatchDispatcher, BatchJob } from '../../ports/batch-dispatcher.ts';
import type { ServiceReader } from '../../ports/service-store.ts';
import { batchJobName } from '../model/batch-job-name.ts';
import type { Job } from '../model/job.ts';
import { readServiceOf } from '../records/accepted-definition.ts';

export interface FindBatchJobDeps {
  readonly batch: Pick<BatchDispatcher, 'describe' | 'find'>;
  readonly services: ServiceReader;
}

/**
 * The Batch job of the job's current attempt: by its id if that is known, else by its name. A Batch job with
 * another name is never returned, because a worker may have reported a wrong id, and the caller may stop the
 * Batch job returned.
 */
export async function findBatchJob(deps: FindBatchJobDeps, job: Job): Promise<BatchJob | undefined> {
  const name = batchJobName(job);
  const described = job.dispatcherId === undefined ? undefined : await deps.batch.describe(job.dispatcherId);
  if (described?.jobName === name) return described;
  return deps.batch.find(name, await queueOf(deps, job));
}

async function queueOf({ services }: FindBatchJobDeps, job: Job): Promise<string | undefined> {
  const dispatcher = (await readServiceOf(services, job))?.definition.dispatcher;
  return dispatcher?.kind === 'batch' ? dispatcher.jobQueue : undefined;
}
