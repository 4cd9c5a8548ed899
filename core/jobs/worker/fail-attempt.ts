import type { FailureReport, WorkerResponse } from '../../contract/schemas/worker-schemas.ts';
import { canonicalJson } from '../../json-schema/schema/canonical-json.ts';
import { digest } from '../../std/digest.ts';
import type { EndAttemptDeps } from '../attempts/settle-attempt.ts';
import type { AttemptOutcome } from '../model/settle-job.ts';
import { type EndAttemptInput, endAttempt } from './end-attempt.ts';

export interface FailAttemptInput extends Pick<EndAttemptInput, 'caller'> {
  readonly failure: FailureReport;
}

/**
 * Ends an attempt with a failure of the service, and the job unless it is retried. Throws as `endAttempt`
 * does.
 */
export async function failAttempt(
  deps: EndAttemptDeps,
  { failure, ...input }: FailAttemptInput,
): Promise<WorkerResponse> {
  const { message, type = null, retryable = false } = failure;
  const reportDigest = digest(`fail ${canonicalJson([message, type, retryable])}`);
  return endAttempt(deps, { ...input, reportDigest }, async () => outcomeOf(failure));
}

function outcomeOf({ message, type, retryable = false }: FailureReport): AttemptOutcome {
  const detail = type === undefined ? message : `${type}: ${message}`;
  const ownType = type === undefined ? {} : { serviceErrorType: type };
  return { kind: 'failed', code: 'service-failed', detail, retryable, ...ownType };
}
