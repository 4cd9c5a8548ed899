import type { BatchDispatcher, BatchJob } from '../../ports/batch-dispatcher.ts';
import type { Log } from '../../ports/log.ts';
import { asError } from '../../std/as-error.ts';
import { batchJobName } from '../model/batch-job-name.ts';
import type { Job } from '../model/job.ts';
import { hasEndedOnBatch } from './decide-batch-event.ts';
import { type FindBatchJobDeps, findBatchJob } from './find-batch-job.ts';
import { type StopReason, stopReasons } from './stop-reasons.ts';

export interface StopBatchJobDeps extends FindBatchJobDeps {
  readonly batch: Pick<BatchDispatcher, 'describe' | 'find' | 'terminate'>;
  readonly log: Log;
}

/**
 * Stops the Batch job of the job's current attempt. A failure is only logged: the record of the job requires
 * the stop, and the reconciler or the next event of the Batch job repeats it.
 */
export async function stopBatchJob(deps: StopBatchJobDeps, job: Job, reason: StopReason): Promise<void> {
  await logFailure(deps, batchJobName(job), async () => {
    const found = await findBatchJob(deps, job);
    if (found !== undefined && !hasEndedOnBatch(found))
      await deps.batch.terminate(found.dispatcherId, reason);
  });
}

/** Stops a Batch job that carries out no attempt, unless it has ended. A failure is only logged. */
export async function stopOrphan(deps: Omit<StopBatchJobDeps, 'services'>, orphan: BatchJob): Promise<void> {
  if (hasEndedOnBatch(orphan)) return;
  await logFailure(deps, orphan.jobName, () =>
    deps.batch.terminate(orphan.dispatcherId, stopReasons.superseded),
  );
}

async function logFailure(
  { log }: Pick<StopBatchJobDeps, 'log'>,
  jobName: string,
  stop: () => Promise<void>,
): Promise<void> {
  try {
    await stop();
  } catch (error) {
    log.warn('stop-failed', { jobName, error: asError(error) });
  }
}
