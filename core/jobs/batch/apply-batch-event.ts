import type { BatchDispatcher, BatchJob } from '../../ports/batch-dispatcher.ts';
import { checkAndStoreResult } from '../attempts/check-result.ts';
import { type SettleAttemptDeps, settleAttempt } from '../attempts/settle-attempt.ts';
import { acceptUpload } from '../attempts/uploaded-result.ts';
import { parseBatchJobName } from '../model/batch-job-name.ts';
import type { Job } from '../model/job.ts';
import type { AttemptOutcome } from '../model/settle-job.ts';
import { logIfRedacted } from '../records/redact-aws-identifiers.ts';
import { updateJob } from '../records/update-job.ts';
import { classifyBatchFailure } from './classify-batch-failure.ts';
import { type BatchEventEffect, decideBatchEvent, hasEndedOnBatch } from './decide-batch-event.ts';
import { stopReasons } from './stop-reasons.ts';

export interface ApplyBatchEventDeps extends SettleAttemptDeps {
  readonly batch: Pick<BatchDispatcher, 'terminate'>;
}

/** `not-ours`: Errand did not submit this Batch job. */
export type AppliedBatchEvent = BatchEventEffect | 'not-ours';

/**
 * Applies a Batch event to the job of its attempt. A late, repeated or reordered event changes nothing and is
 * no error. An orphaned Batch job is stopped; throws if that fails, so that the event is
 * delivered again.
 */
export async function applyBatchEvent(
  deps: ApplyBatchEventDeps,
  batchJob: BatchJob,
): Promise<AppliedBatchEvent> {
  const name = parseBatchJobName(batchJob.jobName);
  if (name === undefined || batchJob.tenant === undefined) return logEvent(deps, batchJob, 'not-ours');
  const key = { tenant: batchJob.tenant, jobId: name.jobId };
  const { attempt } = name;
  const { applied, job } = await updateJob(deps.jobs, key, (found) => {
    const decision = decideBatchEvent(found, { attempt, batchJob, now: deps.clock.now() });
    return { ...decision, result: { applied: decision.result, job: decision.next ?? found } };
  });
  if (applied !== 'stale') logIfRedacted(deps.log, key, [batchJob.statusReason, batchJob.reason]);
  if (applied === 'orphan') await deps.batch.terminate(batchJob.dispatcherId, stopReasons.superseded);
  if (applied !== 'ended' || job === undefined) return logEvent(deps, batchJob, applied);
  const outcome = await outcomeOf(deps, job, batchJob);
  const logged = batchJob.log === undefined ? outcome : { ...outcome, log: batchJob.log };
  const report = { kind: 'batch', outcome: logged } as const;
  const settled = await settleAttempt(deps, { ...key, attempt, report });
  return logEvent(deps, batchJob, settled === 'stale' ? 'stale' : 'ended');
}

/** If the worker reported no end, only the exit code of the container and its upload are known. */
async function outcomeOf(deps: SettleAttemptDeps, job: Job, batchJob: BatchJob): Promise<AttemptOutcome> {
  if (batchJob.status === 'FAILED') return { kind: 'failed', ...classifyBatchFailure(batchJob) };
  const { claim } = job;
  const uploaded = claim === undefined ? undefined : await acceptUpload(deps, { ...job, claim });
  return uploaded ?? checkAndStoreResult(deps, job, null);
}

/** Routine events are not logged: two lines for each job would cost more than they are worth. */
function logEvent<Applied extends AppliedBatchEvent>(
  { log }: SettleAttemptDeps,
  batchJob: BatchJob,
  applied: Applied,
): Applied {
  const { jobName, status } = batchJob;
  const isRoutine = applied === 'recorded' || (applied === 'stale' && hasEndedOnBatch(batchJob));
  if (!isRoutine) log.info('batch-event', { jobName, status, effect: applied });
  return applied;
}
