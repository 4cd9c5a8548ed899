import type { ChildSubmission } from '../../contract/schemas/worker-schemas.ts';
import { deadlineOf } from '../model/time-limits.ts';
import type { RepeatableRequest } from '../submission/create-once.ts';
import { type SubmitJobDeps, type SubmittedJob, submitJob } from '../submission/submit-job.ts';
import { readClaimedJob, type WorkerCaller } from './worker-access.ts';

/** A parent may outlive its time limit by the lateness of what ends it, which is minutes. */
const graceMilliseconds = 86_400_000;

export interface SubmitChildInput {
  readonly caller: WorkerCaller;
  readonly submission: ChildSubmission;
  /** The worker's trace, already checked; that of its job when absent. */
  readonly traceparent?: string | undefined;
  /** Milliseconds after which a job that nothing claimed is looked at. */
  readonly reconcileAfterMs: number;
  /** Under which the sub-job is found by every attempt of the job, for as long as the job can live. */
  readonly idempotency?: Pick<RepeatableRequest, 'key' | 'fingerprint'> | undefined;
}

/**
 * Submits a sub-job for the holder of its parent's current attempt; it belongs to the owner of the parent. Throws
 * `unauthenticated` and `stale-attempt`, and what a submission with this parent throws.
 */
export async function submitChild(deps: SubmitJobDeps, input: SubmitChildInput): Promise<SubmittedJob> {
  const { caller, submission, idempotency, reconcileAfterMs } = input;
  const parent = await readClaimedJob(deps.jobs, caller);
  return submitJob(deps, {
    tenant: parent.tenant,
    owner: parent.owner,
    submission: { ...submission, parentId: parent.id },
    traceparent: input.traceparent ?? parent.traceparent,
    reconcileAfterMs,
    idempotency: idempotency && {
      ...idempotency,
      key: keyOfChild(parent.id, idempotency.key),
      keptUntil: deadlineOf(parent) + graceMilliseconds,
    },
  });
}

/** Neither a caller's own key nor that of an item of a bulk has two line breaks, so none is the key of a sub-job. */
function keyOfChild(parentId: string, key: string): string {
  return `child\n${parentId}\n${key}`;
}
