import type { Completion, WorkerAnswer } from '../../contract/worker-schemas.ts';
import { digest } from '../../digest.ts';
import { canonicalJson } from '../../services/schema/canonical-json.ts';
import { type EndAttemptDeps, readResult } from '../settle-attempt.ts';
import type { Outcome } from '../settle-job.ts';
import { type EndAttemptInput, endAttempt } from './end-attempt.ts';
import { nothingUploaded, readUpload, requireOwnReference } from './uploaded-result.ts';
import type { HeldJob } from './worker-access.ts';

export interface CompleteAttemptInput extends Pick<EndAttemptInput, 'caller' | 'lookAfter'> {
  readonly completion: Completion;
}

/** Ends an attempt with its result, which is checked as one that a function returns. Throws as `endAttempt` does. */
export async function completeAttempt(
  deps: EndAttemptDeps,
  { completion, ...input }: CompleteAttemptInput,
): Promise<WorkerAnswer> {
  const outcomeDigest = digest(`complete ${canonicalJson(completion)}`);
  return endAttempt(deps, { ...input, outcomeDigest }, (job) => readCompletion(deps, job, completion));
}

async function readCompletion(deps: EndAttemptDeps, job: HeldJob, completion: Completion): Promise<Outcome> {
  if ('result' in completion) return readResult(deps, job, completion.result);
  requireOwnReference(job, completion.resultReference);
  const outcome = await readUpload(deps, job, completion.mediaType);
  if (outcome === undefined) throw nothingUploaded();
  return outcome;
}
