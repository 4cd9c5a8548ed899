import type { BatchDispatcher, BatchJob } from '../../ports/batch-dispatcher.ts';
import { readResult, type SettleAttemptDeps, settleAttempt } from '../attempts/settle-attempt.ts';
import { readUpload } from '../attempts/uploaded-result.ts';
import { readBatchJobName } from '../model/batch-job-name.ts';
import type { Job } from '../model/job.ts';
import type { Outcome } from '../model/settle-job.ts';
import { logHidden } from '../records/hide-account.ts';
import { updateJob } from '../records/update-job.ts';
import { type BatchEventAnswer, decideBatchEvent, hasEndedOnBatch } from './decide-batch-event.ts';
import { readBatchFailure } from './read-batch-failure.ts';
import { stopReasons } from './stop-reasons.ts';

export interface ApplyBatchEventDeps extends SettleAttemptDeps {
  readonly batch: Pick<BatchDispatcher, 'terminate'>;
}

export interface ApplyBatchEventInput {
  readonly event: BatchJob;
  /** Milliseconds after its due start at which a retry that was not claimed is checked. */
  readonly reconcileAfterMs: number;
}

/** `foreign`: Errand did not submit this Batch job. */
export type AppliedBatchEvent = BatchEventAnswer | 'foreign';

/**
 * Applies a Batch event to the job of its attempt. A late, repeated or reordered event changes nothing and is
 * no error. A Batch job that is no longer needed is stopped; throws if that fails, so that the event is
 * delivered again.
 */
export async function applyBatchEvent(
  deps: ApplyBatchEventDeps,
  { event, reconcileAfterMs }: ApplyBatchEventInput,
): Promise<AppliedBatchEvent> {
  const name = readBatchJobName(event.jobName);
  if (name === undefined || event.tenant === undefined) return logEvent(deps, event, 'foreign');
  const [key, { attempt }] = [{ tenant: event.tenant, jobId: name.jobId }, name];
  const { answer, job } = await updateJob(deps.jobs, key, (found) => {
    const decision = decideBatchEvent(found, { attempt, batchJob: event, now: deps.clock.now() });
    return { ...decision, answer: { answer: decision.answer, job: decision.next ?? found } };
  });
  if (answer !== 'stale') logHidden(deps.log, key, [event.statusReason, event.reason]);
  if (answer === 'unwanted') await deps.batch.terminate(event.dispatcherId, stopReasons.superseded);
  if (answer !== 'ended' || job === undefined) return logEvent(deps, event, answer);
  const outcome = await outcomeOf(deps, job, event);
  const report = { outcome: event.log === undefined ? outcome : { ...outcome, log: event.log } };
  const settled = await settleAttempt(deps, { ...key, attempt, report, reconcileAfterMs });
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
function logEvent<Answer extends AppliedBatchEvent>(
  { log }: SettleAttemptDeps,
  event: BatchJob,
  answer: Answer,
): Answer {
  const { jobName, status } = event;
  const isUsual = answer === 'noted' || (answer === 'stale' && hasEndedOnBatch(event));
  if (!isUsual) log.info('batch-event', { jobName, status, outcome: answer });
  return answer;
}
