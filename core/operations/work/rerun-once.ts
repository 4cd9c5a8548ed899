import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { RerunRequest } from '../../contract/schemas/submission-schemas.ts';
import { requestFingerprint } from '../../jobs/submission/request-fingerprint.ts';
import { rerunJob } from '../../jobs/submission/rerun-job.ts';
import type { SubmitJobDeps } from '../../jobs/submission/submit-job.ts';
import type { Operation } from '../model/operation.ts';

interface Rerun {
  readonly jobId: string;
  readonly changes: RerunRequest;
}

/**
 * Reruns a job at most once for an operation, with an idempotency key of the operation and the job. Clients cannot use such a key,
 * because theirs contain no line break. Throws the problems of a rerun.
 */
export async function rerunOnce(
  deps: SubmitJobDeps,
  operation: Operation,
  { jobId, changes }: Rerun,
): Promise<void> {
  const { tenant, owner, traceparent, expiresAt } = operation;
  const idempotency = {
    key: `operation\n${operation.id}\n${jobId}`,
    fingerprint: requestFingerprint('rerunJob', { operation: operation.id, jobId }),
    retainUntil: expiresAt,
  };
  try {
    await rerunJob(deps, { tenant, owner, traceparent, jobId, changes, idempotency });
  } catch (error) {
    // Since an interrupted process created the new job, the job, its service or the new job may have been changed or deleted.
    if (error instanceof ProblemError && (await wasCreated(deps, tenant, idempotency.key))) return;
    throw error;
  }
}

async function wasCreated(deps: SubmitJobDeps, tenant: string, key: string): Promise<boolean> {
  const stored = await deps.idempotency.find({ tenant, key }, deps.clock.now());
  if (stored === undefined) return false;
  const { jobId } = stored;
  const job = await deps.jobs.get({ tenant, jobId });
  return job !== undefined || (await deps.jobs.tombstone({ tenant, jobId })) !== undefined;
}
