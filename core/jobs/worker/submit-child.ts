import type { ChildSubmission } from '../../contract/schemas/worker-schemas.ts';
import { deadlineOf } from '../model/time-limits.ts';
import type { RepeatableRequest } from '../submission/create-once.ts';
import { type SubmitJobDeps, type SubmittedJob, submitJob } from '../submission/submit-job.ts';
import { readClaimedJob, type WorkerCaller } from './worker-access.ts';

/** A parent may exceed its time limit by the delay of the reconciler, which is minutes. */
const graceMs = 86_400_000;

export interface SubmitChildInput {
  readonly caller: WorkerCaller;
  readonly submission: ChildSubmission;
  /** The traceparent of the worker, already validated; that of its job if absent. */
  readonly traceparent?: string | undefined;
  /** Identifies the sub-job for all attempts of the parent, as long as the parent can run. */
  readonly idempotency?: Pick<RepeatableRequest, 'key' | 'fingerprint'> | undefined;
}

/**
 * Submits a sub-job for the worker of the parent's current attempt; its owner is the owner of the parent.
 * Throws `unauthenticated` and `stale-attempt`, and the problems of a submission with this parent.
 */
export async function submitChild(deps: SubmitJobDeps, input: SubmitChildInput): Promise<SubmittedJob> {
  const { caller, submission, idempotency } = input;
  const parent = await readClaimedJob(deps.jobs, caller);
  return submitJob(deps, {
    tenant: parent.tenant,
    owner: parent.owner,
    submission: { ...submission, parentId: parent.id },
    traceparent: input.traceparent ?? parent.traceparent,
    idempotency: idempotency && {
      ...idempotency,
      key: keyOfChild(parent.id, idempotency.key),
      retainUntil: deadlineOf(parent) + graceMs,
    },
  });
}

/**
 * Neither a client's own key nor the key of a bulk item contains two line breaks, so none equals the key of a
 * sub-job.
 */
function keyOfChild(parentId: string, key: string): string {
  return `child\n${parentId}\n${key}`;
}
