import type { Completion, WorkerResponse } from '../../contract/schemas/worker-schemas.ts';
import { canonicalJson } from '../../json-schema/schema/canonical-json.ts';
import { digest } from '../../std/digest.ts';
import { checkAndStoreResult } from '../attempts/check-result.ts';
import type { EndAttemptDeps } from '../attempts/settle-attempt.ts';
import { acceptUpload, nothingUploaded, requireOwnReference } from '../attempts/uploaded-result.ts';
import type { ClaimedJob } from '../model/job.ts';
import type { AttemptOutcome } from '../model/settle-job.ts';
import { type EndAttemptInput, endAttempt } from './end-attempt.ts';

export interface CompleteAttemptInput extends Pick<EndAttemptInput, 'caller'> {
  readonly completion: Completion;
}

/**
 * Ends an attempt with its result, which is checked like the return value of a function. Throws as
 * `endAttempt` does.
 */
export async function completeAttempt(
  deps: EndAttemptDeps,
  { completion, ...input }: CompleteAttemptInput,
): Promise<WorkerResponse> {
  const reportDigest = digest(`complete ${canonicalJson(completion)}`);
  return endAttempt(deps, { ...input, reportDigest }, (job) => acceptCompletion(deps, job, completion));
}

/** Checks and stores the result of a completion. */
async function acceptCompletion(
  deps: EndAttemptDeps,
  job: ClaimedJob,
  completion: Completion,
): Promise<AttemptOutcome> {
  if ('result' in completion) return checkAndStoreResult(deps, job, completion.result);
  requireOwnReference(job, completion.resultReference);
  const outcome = await acceptUpload(deps, job, completion.mediaType);
  if (outcome === undefined) throw nothingUploaded();
  return outcome;
}
