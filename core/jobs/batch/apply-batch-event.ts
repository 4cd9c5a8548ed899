import type { BatchDispatcher, BatchJob } from '../../ports/batch-dispatcher.ts';
import { readResult, type SettleAttemptDeps, settleAttempt } from '../attempts/settle-attempt.ts';
import { readUpload } from '../attempts/uploaded-result.ts';
import { readBatchJobName } from '../model/batch-job-name.ts';
import type { Job } from '../model/job.ts';
import type { Outcome } from '../model/settle-job.ts';
import { logIfRedacted } from '../records/redact-aws-identifiers.ts';
import { updateJob } from '../records/update-job.ts';
import { type BatchEventOutcome, decideBatchEvent, hasEndedOnBatch } from './decide-batch-event.ts';
import { readBatchFailure } from './read-batch-failure.ts';
import { stopReasons } from './stop-reasons.ts';

export interface ApplyBatchEventDeps extends SettleAttemptDeps {
  readonly batch: Pick<BatchDispatcher, 'terminate'>;
}

/** `foreign`: Errand did not submit this Batch job. */
export type AppliedBatchEvent = BatchEventOutcome | 'foreign';

/**
 * Applies a Batch event to the job of its attempt. A late, repeated or reordered event changes nothing and is
 * no error. A Batch job that is no longer needed is stopped; throws if that fails, so that the event is
 * delivered again.
 */
export async function applyBatchEvent(
  deps: ApplyBatchEventDeps,
  event: BatchJob,
): Promise<AppliedBatchEvent> {
  const name = readBatchJobName(event.jobName);
  if (name === undefined || event.tenant === undefined) return logEvent(deps, event, 'foreign');
  const [key, { attempt }] = [{ tenant: event.tenant, jobId: name.jobId }, name];
  const { applied, job } = await updateJob(deps.jobs, key, (found) => {
    const decision = decideBatchEvent(found, { attempt, batchJob: event, now: deps.clock.now() });
    return { ...decision, result: { applied: decision.result, job: decision.next ?? found } };
  });
  if (applied !== 'stale') logIfRedacted(deps.log, key, [event.statusReason, event.reason]);
  if (applied === 'unwanted') await deps.batch.terminate(event.dispatcherId, stopReasons.superseded);
  if (applied !== 'ended' || job === undefined) return logEvent(deps, event, applied);
  const outcome = await outcomeOf(deps, job, event);
  const report = { outcome: event.log === undefined ? outcome : { ...outcome, log: event.log } };
  const settled = await settleAttempt(deps, { ...key, attempt, report });
  return logEvent(deps, event, settled === 'stale' ? 'stale' : 'ended');
}

/** A container whose worker reported no end leaves only its exit code and what it uploaded. */
async function outcomeOf(deps: SettleAttemptDeps, job: Job, event: BatchJob): Promise<Outcome> {
  if (event.status === 'FAILED') return { kind: 'failed', ...readBatchFailure(event) };
  const { claim } = job;
  const uploaded = claim === undefined ? undefined : await readUpload(deps, { ...job, claim });
  return uploaded ?? readResult(deps, job, null);
}

/** Usual jobs are not logged: two lines for each would cost more than they are worth. */
function logEvent<Applied extends AppliedBatchEvent>(
  { log }: SettleAttemptDeps,
  event: BatchJob,
  applied: Applied,
): Applied {
  const { jobName, status } = event;
  const isUsual = applied === 'noted' || (applied === 'stale' && hasEndedOnBatch(event));
  if (!isUsual) log.info('batch-event', { jobName, status, outcome: applied });
  return applied;
}
