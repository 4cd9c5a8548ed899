import type { CompletedOutput, OutputCompletion } from '../../contract/schemas/worker-schemas.ts';
import { type CompleteUploadDeps, completeUpload } from '../../data/complete-upload.ts';
import type { JobStore } from '../../ports/job-store.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { type OutputKey, requireOwnOutput } from './own-output.ts';
import { readClaimedJob, type WorkerCaller } from './worker-access.ts';

export interface CompleteOutputInput {
  readonly caller: WorkerCaller;
  readonly output: OutputKey;
  readonly completion: OutputCompletion;
}

/** `isPending`: the store still joins the parts; the worker repeats the request. */
export interface CompleteOutputResult {
  readonly output: CompletedOutput;
  readonly isPending: boolean;
}

/**
 * Completes the upload of an output for the worker of the current attempt. A repeated call gets the same result. Throws
 * `unauthenticated`, `stale-attempt`, `not-found`, and the errors of `completeUpload`.
 */
export async function completeOutput(
  deps: CompleteUploadDeps & { readonly jobs: Pick<JobStore, 'get'> },
  { caller, output, completion }: CompleteOutputInput,
): Promise<CompleteOutputResult> {
  const job = await readClaimedJob(deps.jobs, caller);
  const { sha256, ...uploaded } = completion;
  const { kind, data } = await completeUpload(deps, {
    key: { tenant: job.tenant, dataId: output.dataId },
    completion: uploaded,
    computedSha256: sha256,
    check: (found) => requireOwnOutput(job, output.slot, found),
  });
  const { id, status, sizeBytes } = data;
  return {
    output: { id, status, ...omitUndefined({ sizeBytes }), abort: job.status === 'aborting' },
    isPending: kind === 'pending',
  };
}
